"""Admissibility (recevabilité): may this child enter this scheme? Each check, with its evidence."""
