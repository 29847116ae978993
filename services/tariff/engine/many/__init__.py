"""The engine by the million: the same fees as `decide`, to the cent, in columns of numbers."""
