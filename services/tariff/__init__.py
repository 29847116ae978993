"""Tariff: turns certified data into a fee, an explanation and a recorded decision."""
