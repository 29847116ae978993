"""The rooms of the console: each module is a few pages, with who may open them (`ROOM`)."""
