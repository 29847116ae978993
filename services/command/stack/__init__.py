"""The embedded stack: PostgreSQL, Redis and the services as children of one supervisor."""
