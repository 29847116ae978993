"""Paces: which habilitations may call how often, and how much of it they used a minute ago."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Row, text

from shared.queue.spent import LAST_S
from shared.watching.figures import PaceUsed

_MOST_PACES = 500
_PACES = text("SELECT id, code, pace FROM habilitations ORDER BY code LIMIT :most")


def habilitations(connection: Connection) -> Sequence[Row[Any]]:
    """Each habilitation that is seen, with its code and its permits a second."""
    return connection.execute(_PACES, {"most": _MOST_PACES}).all()


def used(rows: Sequence[Row[Any]], spent: Mapping[UUID, int]) -> tuple[PaceUsed, ...]:
    """What each used of what it is allowed; None where Redis said nothing."""
    return tuple(PaceUsed(row.code, row.pace * LAST_S, spent.get(row.id)) for row in rows)
