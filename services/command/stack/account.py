"""The unprivileged account that PostgreSQL runs under when we are root.

PostgreSQL refuses to run as root. An account that every machine has is borrowed; none is added.
"""

import os
import pwd
from dataclasses import dataclass

_NAME = "nobody"
_FALLBACK = 65534


@dataclass(frozen=True, slots=True)
class Account:
    """A user and its group, by number."""

    uid: int
    gid: int


def unprivileged() -> Account | None:
    """Return the account to step down to, or None when we are an ordinary user already."""
    if os.geteuid() != 0:
        return None
    try:
        entry = pwd.getpwnam(_NAME)
    except KeyError:
        return Account(_FALLBACK, _FALLBACK)
    return Account(entry.pw_uid, entry.pw_gid)
