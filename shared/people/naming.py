"""Naming: who the persons are whom the journal and the operations name by an id."""

from collections.abc import Iterable, Mapping
from uuid import UUID

from sqlalchemy import Connection, text

PERSON, AGENT = "person:", "agent:"
_NAMES = text("SELECT id, name FROM berceau_names_of(CAST(:ids AS uuid[]))")


def names_of(connection: Connection, actors: Iterable[str]) -> Mapping[str, str]:
    """The names of those actors that are persons; the others are left out."""
    ids = {actor: id_ for actor in actors if (id_ := _id_of(actor)) is not None}
    if not ids:
        return {}
    rows = connection.execute(_NAMES, {"ids": sorted(set(ids.values()))})
    names = {row.id: row.name for row in rows}
    return {actor: names[id_] for actor, id_ in ids.items() if id_ in names}


def _id_of(actor: str) -> UUID | None:
    for kind in (PERSON, AGENT):
        if actor.startswith(kind):
            try:
                return UUID(actor.removeprefix(kind))
            except ValueError:
                return None
    return None
