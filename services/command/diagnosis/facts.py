"""The facts that `berceau doctor` gathers; None always means "not known".

No secret is kept in them: of a key, its name; of a token, whether it opens and when it ends.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from pathlib import Path

from shared.store.fitness import Revisions
from shared.watching.figures import Snapshot


@dataclass(frozen=True, slots=True)
class SecretFile:
    """A file that must be its owner's alone; `mode` is None when it is not there."""

    path: Path
    mode: int | None


@dataclass(frozen=True, slots=True)
class Ring:
    """The key ring's file and the names of its keys, None when it cannot be read."""

    file: SecretFile
    names: frozenset[str] | None


class Token(StrEnum):
    """What the ring made of a sealed token."""

    OPENED = "opened"
    KEY_MISSING = "key_missing"  # the ring has no key of that name
    UNREADABLE = "unreadable"  # wrong key or bytes
    NOT_TRIED = "not_tried"  # there is no ring


@dataclass(frozen=True, slots=True)
class Right:
    """A habilitation: who receives the data, what its token is, when it ends (UTC)."""

    code: str
    recipient: str
    token: Token
    ends_at: datetime | None


@dataclass(frozen=True, slots=True)
class Record:
    """What PostgreSQL says of itself.

    `rights_too_many`: what the services' login may do to append-only tables, as `table: right`.
    `ring_keys`: how many applications each key of the ring wraps. None where its tables are not
    those of this version.
    `told_by_logs`: the settings of PostgreSQL on which it depends what its log says of families.
    """

    tables: Revisions
    skew: timedelta
    size_bytes: int
    rights_too_many: tuple[str, ...] | None = None
    ring_keys: Mapping[str, int] | None = None
    told_by_logs: Mapping[str, str] | None = None
    rights: tuple[Right, ...] | None = None


@dataclass(frozen=True, slots=True)
class Doorbells:
    """What Redis says of itself; sizes in bytes, `limit` 0 for none."""

    skew: timedelta | None
    policy: str | None
    append_only: bool | None
    used: int | None
    limit: int | None


@dataclass(frozen=True, slots=True)
class Space:
    """A file system: free and whole, in bytes."""

    free: int
    total: int


@dataclass(frozen=True, slots=True)
class Facts:
    """Everything gathered at one moment (UTC); None for what did not answer."""

    at: datetime
    ring: Ring
    seal_key: SecretFile | None
    record: Record | None
    doorbells: Doorbells | None
    space: Space | None
    snapshot: Snapshot | None
