"""The vocabulary of Berceau, and the edges that every service touches."""
