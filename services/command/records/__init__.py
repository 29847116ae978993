"""Settings and records: who takes part, changed by `berceau` and by nobody's hand, journalled."""
