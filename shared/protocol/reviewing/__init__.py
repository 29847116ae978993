"""Reviewing: what waits for a person, what agents do to it, and the legal clock meanwhile."""
