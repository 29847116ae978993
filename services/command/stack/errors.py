"""What can go wrong while the embedded stack starts, said to the person at the terminal."""

from shared.errors import BerceauError


class StackError(BerceauError):
    """The embedded stack cannot start or go on."""


class InUseError(StackError):
    """Something that runs already holds this home."""
