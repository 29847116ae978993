"""`berceau export`: what other software takes from here."""
