"""The migrations of the record, from an empty database; `migrate` is how they are run."""
