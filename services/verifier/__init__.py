"""Verifier: asks the State for the certified data of a family, and names what it could not get."""
