"""Decisions as they are stored: read page by page, each with the key that opens it.

One short read-only transaction for each page, in the order of the decisions' ids: a check of any
length holds nothing back, and needs the memory of one page.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Engine, Row, TextClause, text

from shared.sealing import KeyRing, WrappedKey
from shared.store.places import decision_place
from shared.watching.reading import reading_only

_PAGE = 500
_FIRST = UUID(int=0)
_READ = """
    SELECT d.id, d.application_id, a.reference, d.version, d.valid_from, d.proposed,
           d.tariff_id, d.tariff_version, d.tariff_digest, d.engine_version,
           d.sealed, d.sealed_digest, k.ring_key, k.wrapped,
           EXISTS (SELECT FROM journal j WHERE j.application_id = d.application_id
                   AND j.evidence = d.sealed_digest) AS in_journal
    FROM decisions d
    JOIN applications a ON a.id = d.application_id
    LEFT JOIN application_keys k ON k.application_id = d.application_id
    WHERE {where}
    ORDER BY {order} LIMIT :page
"""
_NEXT = text(_READ.format(where="d.id > :after", order="d.id"))
_OF_ONE = text(_READ.format(where="a.reference = :reference", order="d.version"))
_COUNT = text("SELECT count(*) FROM decisions")


@dataclass(frozen=True, slots=True, repr=False)
class Stored:
    """A decision as the record has it; `sealed` holds the family's figures."""

    application_id: UUID
    reference: str
    version: int
    valid_from: date
    proposed: bool
    tariff_id: str
    tariff_version: str
    tariff_digest: str
    engine_version: str
    sealed: bytes
    sealed_digest: str
    in_journal: bool
    key: WrappedKey | None

    def opened(self, ring: KeyRing) -> bytes:
        """The content that was sealed.

        Raises:
            SealingError: the bytes, their place or the key are not those of the day.
            ValueError: its key was destroyed (erasure).
        """
        if self.key is None:
            raise ValueError("erased")
        return ring.unwrap(self.key).open(self.sealed, place=decision_place(self.application_id))

    def content(self, ring: KeyRing) -> dict[str, Any]:
        """The content as JSON values; raises as `opened` does."""
        content: dict[str, Any] = json.loads(self.opened(ring))
        return content


def count(engine: Engine) -> int:
    """How many decisions the record holds."""
    with reading_only(engine) as connection:
        return int(connection.execute(_COUNT).scalar_one())


def every(engine: Engine, *, page: int = _PAGE) -> Iterator[Stored]:
    """Every decision, proposals included."""
    after = _FIRST
    while True:
        rows = _read(engine, _NEXT, after=after, page=page)
        yield from map(_stored, rows)
        if len(rows) < page:
            return
        after = rows[-1].id


def of_application(engine: Engine, reference: str) -> list[Stored]:
    """The versions of one application, the first first, `_PAGE` of them at most."""
    return [_stored(row) for row in _read(engine, _OF_ONE, reference=reference, page=_PAGE)]


def _read(engine: Engine, query: TextClause, **values: object) -> list[Row[Any]]:
    with reading_only(engine) as connection:
        return list(connection.execute(query, values))


def _stored(row: Row[Any]) -> Stored:
    return Stored(
        application_id=row.application_id,
        reference=row.reference,
        version=row.version,
        valid_from=row.valid_from,
        proposed=row.proposed,
        tariff_id=row.tariff_id,
        tariff_version=row.tariff_version,
        tariff_digest=row.tariff_digest,
        engine_version=row.engine_version,
        sealed=row.sealed,
        sealed_digest=row.sealed_digest,
        in_journal=row.in_journal,
        key=None if row.wrapped is None else WrappedKey(row.ring_key, row.wrapped),
    )
