"""`berceau campaign`: a scheme's running decisions priced again, followed and reported."""
