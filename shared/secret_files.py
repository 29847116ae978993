"""Secrets in files: `BERCEAU_…_FILE` names a file that only the service reads."""

import os
from collections.abc import Iterable
from pathlib import Path
from typing import Any


def variable(name: str) -> str:
    """The variable of a field."""
    return f"BERCEAU_{name.upper()}"


def secrets_from_files(names: Iterable[str]) -> tuple[dict[str, Any], dict[str, str]]:
    """Each secret that `BERCEAU_…_FILE` gives, by field; and what is wrong with the others."""
    secrets: dict[str, Any] = {}
    wrong: dict[str, str] = {}
    for name in names:
        file = os.environ.get(f"{variable(name)}_FILE")
        if file is None:
            continue
        if variable(name) in os.environ:
            wrong[name] = f"also given by {variable(name)}_FILE: keep one of the two"
            continue
        try:
            secrets[name] = _content(Path(file))
        except (OSError, ValueError) as unreadable:
            why = unreadable.strerror if isinstance(unreadable, OSError) else unreadable
            wrong[name] = f"{variable(name)}_FILE cannot be read ({why})"
    return secrets, wrong


def _content(file: Path) -> str:
    try:
        content = file.read_text("utf-8").rstrip("\r\n")
    except UnicodeDecodeError:
        raise ValueError("it is no text") from None
    if not content:
        raise ValueError("it is empty")
    return content
