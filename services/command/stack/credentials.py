"""The passwords of the embedded PostgreSQL: drawn once, kept in the home, 0600."""

import json
import os
import secrets
from dataclasses import asdict, dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True, repr=False)
class Credentials:
    """One password for each login of the embedded server."""

    superuser: str
    owner: str
    service: str


def credentials(path: Path) -> Credentials:
    """Read the passwords kept at `path`, drawing them the first time."""
    if not path.exists():
        _write(path, Credentials(*(secrets.token_urlsafe(24) for _ in range(3))))
    return Credentials(**json.loads(path.read_text(encoding="utf-8")))


def _write(path: Path, drawn: Credentials) -> None:
    partial = path.with_name(f"{path.name}.partial")
    partial.unlink(missing_ok=True)
    descriptor = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        json.dump(asdict(drawn), file)
    partial.rename(path)
