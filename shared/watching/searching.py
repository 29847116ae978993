"""Searching: applications as a list, page after page; a page begins where the last one ended.

Nothing sealed is read. No page is counted from the first one on (OFFSET): the thousandth costs what
the first does.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Row, text

from shared.marks import Mark
from shared.protocol.operating.matching import matching
from shared.seeking.sought import Sorting, Sought
from shared.seeking.writing import SoughtError

MOST_A_PAGE = 200
_COLUMNS = """
    SELECT a.id, a.reference, a.status, a.reason, a.lane, a.received_at, a.moved_at, a.due_at,
           a.last_date, a.attempts, a.starts, a.last_outcome AS outcome,
           a.claim IS NOT NULL AS held, t.code AS authority, p.code AS portal, s.code AS scheme,
           e.code AS structure, c.code AS campaign
"""
_PARTIES = """
    JOIN authorities t ON t.id = a.authority_id
    JOIN portals p ON p.id = a.portal_id
    JOIN schemes s ON s.id = a.scheme_id
    LEFT JOIN structures e ON e.id = a.structure_id
    LEFT JOIN campaigns c ON c.id = a.campaign_id
"""
_AFTER = {
    Sorting.OLDEST: "(a.received_at, a.id) > (:after_at, :after_id)",
    Sorting.NEWEST: "(a.received_at, a.id) < (:after_at, :after_id)",
    Sorting.REFERENCE: "a.reference > :after_reference",
}
_BY = {
    Sorting.OLDEST: "a.received_at, a.id",
    Sorting.NEWEST: "a.received_at DESC, a.id DESC",
    Sorting.REFERENCE: "a.reference",
}
_THESE = text(f"""
    {_COLUMNS} FROM applications a {_PARTIES}
    WHERE a.id = ANY(:ids) AND (CAST(:within AS uuid[]) IS NULL OR a.authority_id = ANY(:within))
    ORDER BY a.received_at, a.id LIMIT :most
""")


@dataclass(frozen=True, slots=True)
class Listed:
    """One application of a list: ids, codes, words and times (UTC), never whose it is."""

    id: UUID
    reference: str
    status: str
    reason: str | None
    lane: str
    received_at: datetime
    moved_at: datetime
    due_at: datetime | None
    last_date: datetime | None
    attempts: int
    starts: int
    outcome: str | None
    held: bool
    authority: str
    portal: str
    scheme: str
    structure: str | None
    campaign: str | None


@dataclass(frozen=True, slots=True)
class Found:
    """One page, and the text that asks for the next one; None on the last."""

    rows: tuple[Listed, ...]
    after: str | None


def page(
    connection: Connection,
    sought: Sought,
    *,
    after: str | None = None,
    most: int = 50,
    within: Sequence[UUID] | None = None,
) -> Found:
    """One page of what is sought.

    Args:
        connection: the record.
        sought: which ones, in which order.
        after: where the page before ended, as it said.
        most: `MOST_A_PAGE` at most.
        within: the authorities that whoever asks may see; None: all.

    Raises:
        SoughtError: a code that names nothing, or an `after` that no page said.
    """
    found = matching(connection, sought, within=within)
    values = {**found.values, "most": min(most, MOST_A_PAGE) + 1}
    where = found.where
    if after:
        where = f"{where} AND {_AFTER[sought.sort]}"
        values |= _read_after(sought.sort, after)
    rows = connection.execute(text(_sql(where, sought.sort)), values).all()
    listed = tuple(_listed(row) for row in rows[: values["most"] - 1])
    more = len(rows) == values["most"]
    return Found(listed, _after(sought.sort, listed[-1]) if more else None)


def these(
    connection: Connection, ids: Sequence[UUID], *, within: Sequence[UUID] | None = None
) -> tuple[Listed, ...]:
    """These applications, the oldest first, `MOST_A_PAGE` at most."""
    given = None if within is None else list(within)
    values = {"ids": list(ids), "within": given, "most": MOST_A_PAGE}
    return tuple(_listed(row) for row in connection.execute(_THESE, values))


def _sql(where: str, by: Sorting) -> str:
    """The page's rows first, from their index; then what they belong to."""
    return f"""
        {_COLUMNS} FROM (
            SELECT * FROM applications a WHERE {where} ORDER BY {_BY[by]} LIMIT :most
        ) a {_PARTIES} ORDER BY {_BY[by]}
    """  # noqa: S608  # conditions and orders of our own, values apart


def _listed(row: Row[Any]) -> Listed:
    return Listed(**row._asdict())


def _after(by: Sorting, last: Listed) -> str:
    if by is Sorting.REFERENCE:
        return last.reference
    return str(Mark(last.received_at, last.id))


def _read_after(by: Sorting, after: str) -> dict[str, Any]:
    if by is Sorting.REFERENCE:
        return {"after_reference": after}
    try:
        mark = Mark.read(after)
    except ValueError:
        raise SoughtError({"after": "reprenez le lien de la page précédente."}) from None
    return {"after_at": mark.at, "after_id": mark.id}
