"""Known situations: what each decision in force on a day rests on, opened page by page.

Nothing is kept of a family but what the candidate asks: its figures, what it pays, its children.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Engine, Row, text

from services.tariff.engine.record import told_month, told_price
from shared.errors import SealingError
from shared.sealing import KeyRing, WrappedKey
from shared.store.places import decision_place
from shared.watching.reading import reading_only

PAGE = 5_000
_FIRST = UUID(int=0)
_READ = text("""
    SELECT a.id, d.sealed, k.ring_key, k.wrapped
    FROM (SELECT id FROM applications
          WHERE id > :after AND scheme_id = ANY(:schemes) AND status <> ALL(:gone)
          ORDER BY id LIMIT :page) a
    LEFT JOIN LATERAL (
        SELECT sealed FROM decisions
        WHERE application_id = a.id AND NOT proposed AND valid_from <= :on
        ORDER BY version DESC LIMIT 1
    ) d ON true
    LEFT JOIN application_keys k ON k.application_id = a.id
    ORDER BY a.id
""")
_SCHEMES = text("""
    SELECT s.id FROM schemes s JOIN authorities a ON a.id = s.authority_id
    WHERE (CAST(:address AS text) IS NOT NULL AND a.code || '/' || s.code = :address)
       OR (CAST(:address AS text) IS NULL AND s.tariff = :tariff)
    ORDER BY s.id
""")
_GONE = ["WITHDRAWN", "CLOSED"]


@dataclass(frozen=True, slots=True, repr=False)
class Known:
    """What one decision rests on (the inputs of its record), and what the family pays, in cents."""

    inputs: Mapping[str, Any]
    unit_cents: int
    month_cents: int | None


@dataclass(frozen=True, slots=True, repr=False)
class Page:
    """Some families, and how many others could not be read, by why."""

    known: Sequence[Known]
    undecided: int
    unreadable: int


def schemes(engine: Engine, *, address: str | None, tariff: str) -> list[UUID]:
    """The scheme of an address (`authority/code`), or all that are priced by a tariff."""
    with reading_only(engine) as connection:
        return list(connection.execute(_SCHEMES, {"address": address, "tariff": tariff}).scalars())


def pages(engine: Engine, ring: KeyRing, schemes: Sequence[UUID], on: date) -> Iterator[Page]:
    """Every family of these schemes with a decision in force on that day.

    Raises:
        sqlalchemy.exc.SQLAlchemyError: the record is out of reach.
    """
    after = _FIRST
    while True:
        values = {"after": after, "schemes": schemes, "gone": _GONE, "on": on, "page": PAGE}
        with reading_only(engine) as connection:
            rows = connection.execute(_READ, values).all()
        if rows:
            yield _page(ring, rows)
        if len(rows) < PAGE:
            return
        after = rows[-1].id


def _page(ring: KeyRing, rows: Sequence[Row[Any]]) -> Page:
    decided = [row for row in rows if row.sealed is not None]
    opened = [_opened(ring, row) for row in decided]
    known = [one for one in opened if one is not None]
    return Page(known, len(rows) - len(decided), len(decided) - len(known))


def _opened(ring: KeyRing, row: Row[Any]) -> Known | None:
    """None when its key was destroyed or lost, or when the decision sets no price."""
    if row.wrapped is None:
        return None
    try:
        key = ring.unwrap(WrappedKey(row.ring_key, row.wrapped))
        content = json.loads(key.open(row.sealed, place=decision_place(row.id)))
    except SealingError:
        return None
    record = content["record"]
    price = None if record is None else told_price(record)
    if price is None:
        return None
    month = told_month(record)
    return Known(record["inputs"], price[0].cents, None if month is None else month.cents)
