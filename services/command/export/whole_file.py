"""A file that is there whole or not at all, and that its owner alone reads."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import mkstemp
from typing import TextIO

from services.command.records.faults import Fault, RecordsError, why


@contextmanager
def whole_file(path: Path, *, encoding: str) -> Iterator[TextIO]:
    """Writes beside the path, and takes its place at the end; after a fault, nothing has changed.

    Raises:
        RecordsError: it cannot be written.
    """
    if path.is_dir():
        raise RecordsError(Fault("--output", "est un dossier : donnez un fichier", path.name))
    try:
        descriptor, written = mkstemp(dir=path.parent, prefix=f".{path.name}.")  # 0600
    except OSError as refused:
        raise _unwritten(path, refused) from None
    try:
        with os.fdopen(descriptor, "w", encoding=encoding, newline="") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        Path(written).replace(path)
    except OSError as refused:
        raise _unwritten(path, refused) from None
    finally:
        Path(written).unlink(missing_ok=True)


def _unwritten(path: Path, refused: OSError) -> RecordsError:
    return RecordsError(Fault("--output", f"ne peut pas être écrit ({why(refused)})", path.name))
