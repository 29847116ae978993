"""Noting: what was done to something else than an application, by whom and why."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, insert, text

from shared.store.operating import OperationRow

MOST_NOTED = 200  # of one reading
_LAST = text("""
    SELECT at, actor, act, target, comment, detail FROM operations
    WHERE application_id IS NULL ORDER BY at DESC LIMIT :most
""")
_OF_ONE = text("""
    SELECT at, actor, act, target, comment, detail, sequence, action_id FROM operations
    WHERE application_id = :id ORDER BY at, id LIMIT :most
""")


@dataclass(frozen=True, slots=True)
class Noted:
    """One act: when (UTC), who, what, to what, why.

    On an application, `sequence` is the line of its journal that it stands beside, and `action` the
    bulk action that it was part of.
    """

    at: datetime
    actor: str
    act: str
    target: str
    comment: str
    detail: Mapping[str, Any]
    sequence: int | None = None
    action: UUID | None = None


def note(
    connection: Connection,
    act: str,
    target: str,
    *,
    actor: str,
    comment: str,
    detail: Mapping[str, Any] | None = None,
) -> None:
    """Write down an act on a queue, a provider, a campaign, an action of many, deliveries."""
    values = {"at": datetime.now(UTC), "actor": actor, "act": act, "target": target}
    values |= {"comment": comment, "detail": dict(detail or {})}
    connection.execute(insert(OperationRow), values)


def last_noted(connection: Connection, *, most: int = MOST_NOTED) -> Sequence[Noted]:
    """The last acts on something else than an application, the newest first."""
    rows = connection.execute(_LAST, {"most": min(most, MOST_NOTED)})
    return [Noted(*row) for row in rows]


def noted_of(connection: Connection, application: UUID) -> Sequence[Noted]:
    """The acts on one application, the oldest first, `MOST_NOTED` at most."""
    return [Noted(*row) for row in connection.execute(_OF_ONE, _one(application))]


def _one(application: UUID) -> dict[str, Any]:
    return {"id": application, "most": MOST_NOTED}
