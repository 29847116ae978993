"""`berceau delivery`: what portals were not told, and telling it again."""
