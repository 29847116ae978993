"""`berceau review`: what waits for a person is listed, read and settled, until a screen does."""
