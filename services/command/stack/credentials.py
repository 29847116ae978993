"""The passwords of the embedded PostgreSQL: drawn once, kept in the home, 0600."""

import json
import os
import secrets
from dataclasses import asdict, dataclass, fields
from pathlib import Path


@dataclass(frozen=True, slots=True, repr=False)
class Credentials:
    """One password for each login of the embedded server."""

    superuser: str
    owner: str
    service: str
    console: str


def credentials(path: Path) -> Credentials:
    """Read the passwords kept at `path`, drawing those that are not there yet."""
    kept = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    names = [field.name for field in fields(Credentials)]
    known = Credentials(**{name: kept.get(name) or secrets.token_urlsafe(24) for name in names})
    if asdict(known) != kept:  # a home of an earlier version lacks the newest
        _write(path, known)
    return known


def _write(path: Path, drawn: Credentials) -> None:
    partial = path.with_name(f"{path.name}.partial")
    partial.unlink(missing_ok=True)
    descriptor = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        json.dump(asdict(drawn), file)
    partial.rename(path)
