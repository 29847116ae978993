"""Matching: what is sought, as conditions on `applications a` that its indexes answer.

Codes become ids first, from tables of tens of rows: a condition on an id has an index, one on a
joined code has none.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, TextClause, text

from shared.seeking.sought import Sought
from shared.seeking.writing import SoughtError

_UNKNOWN = {
    "authority": "aucune collectivité n'a ce code.",
    "portal": "aucun portail n'a ce code.",
    "habilitation": "aucune habilitation n'a ce code.",
    "campaign": "aucune campagne n'a ce code.",
    "scheme": "aucun dispositif n'a ce code.",
    "structure": "aucun établissement n'a ce code.",
}
_PLAIN = {
    "authority": text("SELECT id, id AS authority FROM authorities WHERE code = :code"),
    "portal": text("SELECT id, authority_id AS authority FROM portals WHERE code = :code"),
    "habilitation": text(
        "SELECT id, authority_id AS authority FROM habilitations WHERE code = :code"
    ),
    "campaign": text("SELECT id, authority_id AS authority FROM campaigns WHERE code = :code"),
}
_WITHIN = {
    "scheme": text("""
        SELECT s.id, s.authority_id AS authority FROM schemes s
        JOIN authorities t ON t.id = s.authority_id
        WHERE s.code = :code AND (CAST(:town AS text) IS NULL OR t.code = :town)
    """),
    "structure": text("""
        SELECT s.id, s.authority_id AS authority FROM structures s
        JOIN authorities t ON t.id = s.authority_id
        WHERE s.code = :code AND (CAST(:town AS text) IS NULL OR t.code = :town)
    """),
}
_CONDITIONS = {
    "reference": "a.reference = :reference",
    "authority": "a.authority_id = :authority",
    "portal": "a.authority_id = ANY(:portal_town) AND a.portal_id = :portal",
    "habilitation": "a.authority_id = ANY(:habilitation_town) AND a.habilitation_id = "
    ":habilitation",
    "campaign": "a.campaign_id = :campaign",
    "scheme": "a.authority_id = ANY(:scheme_town) AND a.scheme_id = ANY(:scheme)",
    "structure": "a.authority_id = ANY(:structure_town) AND a.structure_id = ANY(:structure)",
    "reason": "a.reason = :reason",
    "lane": "a.lane = :lane",
    "outcome": "a.last_outcome = :outcome",
    "older": "a.received_at <= now() - CAST(:older AS interval)",
    "younger": "a.received_at >= now() - CAST(:younger AS interval)",
    "still": "a.moved_at <= now() - CAST(:still AS interval)",
    "due": "a.claim IS NULL AND a.due_at IS NOT NULL AND a.due_at <= now()",
    "held": "a.claim IS NOT NULL",
    "tried": "a.attempts > 0 AND a.attempts >= :tried",
}


@dataclass(frozen=True, slots=True)
class Matching:
    """Conditions on `applications a`, joined by AND, and their values."""

    where: str
    values: dict[str, Any]

    def query(self, sql: str) -> TextClause:
        """A query with these conditions in the place of `{where}`."""
        return text(sql.replace("{where}", self.where))


def matching(
    connection: Connection, sought: Sought, *, within: Sequence[UUID] | None = None
) -> Matching:
    """What is sought as conditions.

    Args:
        connection: to find what codes name.
        sought: which applications.
        within: the authorities whose applications whoever asks may see; None: all.

    Raises:
        SoughtError: a code that names nothing.
    """
    values = _values(connection, sought)
    conditions = [_CONDITIONS[name] for name in _CONDITIONS if name in values]
    if sought.state:
        one = len(sought.state) == 1
        conditions.append("a.status = :state" if one else "a.status = ANY(:state)")
        values["state"] = sought.state[0] if one else list(sought.state)
    if within is not None:
        conditions.append("a.authority_id = ANY(:within)")
        values["within"] = list(within)
    return Matching(" AND ".join(conditions) or "true", values)


def _values(connection: Connection, sought: Sought) -> dict[str, Any]:
    values: dict[str, Any] = {}
    faults: dict[str, str] = {}
    for name in (*_PLAIN, *_WITHIN):
        code = getattr(sought, name)
        if code is None:
            continue
        found = _named(connection, name, code)
        if not found:
            faults[name] = _UNKNOWN[name]
            continue
        values |= dict(_ids(name, found))
    if faults:
        raise SoughtError(faults)
    return values | dict(_given(sought))


def _named(connection: Connection, name: str, code: str) -> list[tuple[UUID, UUID]]:
    """The ids that a code names, each with its authority's."""
    if name in _PLAIN:
        rows = connection.execute(_PLAIN[name], {"code": code}).all()
    else:
        town, _, own = code.rpartition("/")
        rows = connection.execute(_WITHIN[name], {"code": own, "town": town or None}).all()
    return [(row.id, row.authority) for row in rows]


def _ids(name: str, found: Sequence[tuple[UUID, UUID]]) -> Iterator[tuple[str, Any]]:
    yield name, found[0][0] if name in _PLAIN else [id_ for id_, _ in found]
    if f":{name}_town" in _CONDITIONS[name]:
        yield f"{name}_town", sorted({town for _, town in found})


def _given(sought: Sought) -> Iterator[tuple[str, Any]]:
    """The fields that are values themselves."""
    for name in ("reference", "reason", "lane", "outcome", "tried", "older", "younger", "still"):
        value = getattr(sought, name)
        if value is not None:
            yield name, value
    for name in ("due", "held"):
        if getattr(sought, name):
            yield name, True
