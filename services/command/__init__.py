"""The `berceau` command: everything that a person does from a terminal."""
