"""Seeking: what may be asked of the applications, as a value, as text and as an address. Pure."""
