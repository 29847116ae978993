"""Watching: what stands in the record and in Redis, read and never changed; nothing is opened."""
