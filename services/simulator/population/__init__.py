"""Population: invented families from a seed, each computable on its own; what the fund knows."""
