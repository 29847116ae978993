"""`berceau decision`: what was decided, read again, computed again, printed again."""
