"""Habilitations as DataPass asks for them: what is missing, and the texts of a request."""
