"""`berceau tariff simulate`: what a candidate tariff would change, for whom, without writing it."""
