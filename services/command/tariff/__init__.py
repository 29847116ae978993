"""`berceau tariff`: write, check, publish, show and try tariffs."""
