"""The record: tables in PostgreSQL, and the engine that reaches them."""
