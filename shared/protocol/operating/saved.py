"""Saved filters: what somebody seeks often, kept for a person or for a team."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, text

from shared.seeking.sought import Sought
from shared.seeking.writing import SoughtError, read_text, written

TEAM = "team"
MOST_SAVED = 100  # of one owner
_NAME = re.compile(r"[^\x00-\x1f\x7f]{1,60}\Z")
_SAVE = text("""
    INSERT INTO saved_filters (id, owner, name, sought, saved_by)
    SELECT gen_random_uuid(), :owner, :name, :sought, :by
    WHERE (SELECT count(*) FROM saved_filters WHERE owner = :owner AND name <> :name) < :most
    ON CONFLICT (owner, name) DO UPDATE
    SET sought = excluded.sought, saved_by = excluded.saved_by, saved_at = now()
""")
_OF = text("""
    SELECT owner, name, sought, saved_at, saved_by FROM saved_filters
    WHERE owner = ANY(:owners) ORDER BY owner, name LIMIT :most
""")
_FORGET = text("DELETE FROM saved_filters WHERE owner = :owner AND name = :name")


@dataclass(frozen=True, slots=True)
class Saved:
    """A filter that is kept: whose, under which name; None where this release cannot read it."""

    owner: str
    name: str
    text: str
    saved_at: datetime
    saved_by: str

    @property
    def sought(self) -> Sought | None:
        try:
            return read_text(self.text)
        except SoughtError:
            return None


def save(connection: Connection, owner: str, name: str, sought: Sought, *, by: str) -> None:
    """Keep a filter under a name, in the place of the one that had it.

    Args:
        connection: in a transaction.
        owner: `person:<id>`, `command:<login>` or `TEAM`.
        name: sixty characters at most, on one line.
        sought: what is kept.
        by: who keeps it.

    Raises:
        SoughtError: a name that is none, or `MOST_SAVED` others are kept already.
    """
    name = name.strip()
    if _NAME.match(name) is None:
        raise SoughtError({"nom": "de 1 à 60 caractères, sur une ligne."})
    values = {"owner": owner, "name": name, "sought": written(sought), "by": by}
    if connection.execute(_SAVE, {**values, "most": MOST_SAVED}).rowcount == 0:
        raise SoughtError({"nom": f"{MOST_SAVED} filtres au plus : retirez-en un."})


def saved_of(connection: Connection, owners: Sequence[str]) -> list[Saved]:
    """The filters of these owners, by name."""
    values = {"owners": list(owners), "most": MOST_SAVED * max(1, len(owners))}
    return [Saved(*row) for row in connection.execute(_OF, values)]


def forget(connection: Connection, owner: str, name: str) -> bool:
    """Drop one; False when there is none of this name."""
    return connection.execute(_FORGET, {"owner": owner, "name": name}).rowcount == 1
