"""API Particulier: the civil status and FranceConnect routes of the QF and of the EAJE base."""
