"""What a person names to be read: a file, or stdin as `-`; never more of it than a bound."""

import sys
from contextlib import nullcontext
from pathlib import Path

STDIN = Path("-")


def read(source: Path, most: int) -> bytes:
    """The first bytes, one more than `most` at most: enough to see that there are too many.

    Raises:
        OSError: it cannot be read.
    """
    with nullcontext(sys.stdin.buffer) if source == STDIN else source.open("rb") as stream:
        start: bytes = stream.read(most + 1)
    return start
