"""The sections of a letter, one module each: from what was decided to French sentences. Pure."""
