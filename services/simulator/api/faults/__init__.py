"""Faults: what goes wrong on purpose, from a small grammar, by rate, by name or by schedule."""
