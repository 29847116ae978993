"""People: who may sign in, how they are known again, what of their looking is kept."""
