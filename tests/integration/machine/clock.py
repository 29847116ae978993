"""The machine's clock: hours pass at once, for the record and for whoever remembers a moment.

The product reads one clock in SQL and another in Python, and both stay what they are: it is the
record that ages. Every moment of a row that may still change is put back by what has passed. What
is append-only (journal, events, verifications, decisions, reviews) tells when it was, and stays.
"""

from collections.abc import Collection
from dataclasses import fields, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, TypeVar
from uuid import UUID

from sqlalchemy import Engine, text

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

T = TypeVar("T", bound="DataclassInstance")
AGES = {
    "applications": ("received_at", "moved_at", "due_at", "last_date", "rung_at", "claimed_at"),
    "deliveries": ("due_at", "claimed_at", "finished_at"),
    "idempotency": ("created_at",),
    "switches": ("until", "set_at"),
    "workers": ("started_at", "alive_until"),
}
_ALIVE = text("UPDATE workers SET alive_until = alive_until + :by WHERE id = ANY(:beating)")


class Clock:
    """How much time has passed since the machine began."""

    def __init__(self, owner: Engine) -> None:
        self._owner = owner
        self.passed = timedelta(0)

    def advance(self, by: timedelta, *, beating: Collection[UUID]) -> None:
        """Let time pass; who beats all the while stays as alive as it was."""
        self.passed += by
        with self._owner.begin() as connection:
            for table, columns in AGES.items():
                aged = ", ".join(f"{column} = {column} - :by" for column in columns)
                connection.execute(text(f"UPDATE {table} SET {aged}"), {"by": by})  # noqa: S608
            connection.execute(_ALIVE, {"by": by, "beating": list(beating)})


def aged(known: T, by: timedelta) -> T:
    """The same, once so much time has passed since it was read."""
    if not by:
        return known
    moments: dict[str, Any] = {}
    for one in fields(known):
        value = getattr(known, one.name)
        if isinstance(value, datetime):
            moments[one.name] = value - by
    return replace(known, **moments)
