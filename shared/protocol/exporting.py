"""Exporting: decisions that bind, unsealed a page of applications at a time, by reference.

A proposal binds nobody and is never read. A version that must not leave, for nobody has checked who
asks, and an application whose key was destroyed are counted, and left out.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Row, text

from shared.application import Application
from shared.decisions import DecisionKind, DecisionMode
from shared.exporting import Days, Exportable, Held, Numbered, Unsealed, held_within
from shared.protocol.decided import Opened, open_content
from shared.protocol.opening import open_application
from shared.sealing import KeyRing, WrappedKey

PAGE = 100
_MOST_VERSIONS = 1_000
_APPLICATIONS = text("""
    SELECT a.id, a.reference, a.sealed, t.code AS structure, t.name AS structure_name,
           s.code AS scheme, k.ring_key, k.wrapped,
           CASE WHEN a.status IN ('WITHDRAWN', 'CLOSED')
                THEN (a.moved_at AT TIME ZONE 'Europe/Paris')::date END AS ended_on
    FROM applications a
    JOIN schemes s ON s.id = a.scheme_id
    LEFT JOIN structures t ON t.id = a.structure_id
    LEFT JOIN application_keys k ON k.application_id = a.id
    WHERE a.authority_id = :authority AND a.reference > :after
      AND (CAST(:structure AS text) IS NULL OR t.code = :structure)
      AND EXISTS (SELECT FROM decisions d WHERE d.application_id = a.id
                  AND NOT d.proposed AND d.valid_from <= :last)
    ORDER BY a.reference LIMIT :page
""")
_VERSIONS = text("""
    SELECT d.application_id, d.version, d.valid_from, d.kind, d.mode, d.tariff_id, d.tariff_version
    FROM unnest(CAST(:ids AS uuid[])) wanted (id) CROSS JOIN LATERAL (
        SELECT * FROM decisions WHERE application_id = wanted.id AND NOT proposed
        ORDER BY version DESC LIMIT :most
    ) d
    ORDER BY d.application_id, d.version
""")
_SEALED = text("""
    SELECT d.application_id, d.version, d.sealed FROM decisions d
    JOIN unnest(CAST(:ids AS uuid[]), CAST(:versions AS int[])) wanted (id, version)
      ON d.application_id = wanted.id AND d.version = wanted.version
""")


@dataclass(frozen=True, slots=True)
class Asked:
    """Which decisions: those of an authority, or of one of its structures, that hold on days."""

    authority: UUID
    days: Days
    structure: str | None = None  # its code


@dataclass(frozen=True, slots=True)
class Page:
    """Some applications, in the order of their references; `after` asks for the next ones.

    `erased` and `unchecked` count what was left out: applications without a key, and decisions of
    families of whom nobody has checked who asks.
    """

    applications: tuple[Exportable, ...]
    erased: int
    unchecked: int
    after: str | None


def read_page(
    connection: Connection, ring: KeyRing, asked: Asked, after: str = "", *, page: int = PAGE
) -> Page:
    """One page, in three queries; `after` is the last reference of the page before.

    Raises:
        SealingError: the ring at hand does not open it.
    """
    rows = _rows(connection, asked, after, page)
    dossiers = [_Dossier(row, ring) for row in rows if row.wrapped is not None]
    _number(connection, dossiers, asked.days)
    sealed = _sealed(connection, dossiers)
    return Page(
        applications=tuple(found for one in dossiers if (found := one.exportable(sealed)).versions),
        erased=len(rows) - len(dossiers),
        unchecked=sum(one.unchecked for one in dossiers),
        after=rows[-1].reference if len(rows) == page else None,
    )


def _rows(connection: Connection, asked: Asked, after: str, page: int) -> Sequence[Row[Any]]:
    values = {
        "authority": asked.authority,
        "structure": asked.structure,
        "after": after,
        "last": asked.days.last,
        "page": page,
    }
    return connection.execute(_APPLICATIONS, values).all()


class _Dossier:
    """One application, opened, and its versions that are asked for."""

    def __init__(self, row: Row[Any], ring: KeyRing) -> None:
        self.id: UUID = row.id
        self.wanted: list[Held[Numbered]] = []
        self.unchecked = 0
        self._row = row
        self._key = ring.unwrap(WrappedKey(row.ring_key, row.wrapped))
        self._said: Application = open_application(self._key, row.id, row.sealed, None)

    def choose(self, versions: Sequence[Row[Any]], days: Days) -> None:
        """Keep what holds on one of the days, but for what must not leave."""
        modes = {row.version: DecisionMode(row.mode) for row in versions}
        for held in held_within([_numbered(row) for row in versions], days, self._ends()):
            if self._may_leave(modes[held.version.version]):
                self.wanted.append(held)
            else:
                self.unchecked += 1

    def exportable(self, sealed: Mapping[tuple[UUID, int], bytes]) -> Exportable:
        row = self._row
        return Exportable(
            reference=row.reference,
            structure=row.structure,
            structure_name=row.structure_name,
            scheme=row.scheme,
            fund=self._said.fund,
            versions=tuple(self._unsealed(sealed)),
        )

    def _unsealed(self, sealed: Mapping[tuple[UUID, int], bytes]) -> Iterator[Unsealed]:
        for held in self.wanted:
            content = open_content(self._key, self.id, sealed[self.id, held.version.version])
            yield Unsealed(held, content)

    def _ends(self) -> date | None:
        """The last day of all: of the care, or the one on which the application was ended."""
        ends = (self._said.care.end, self._row.ended_on)
        return min((day for day in ends if day is not None), default=None)

    def _may_leave(self, mode: DecisionMode) -> bool:
        return Opened({}, self._said.identity_assurance, mode).disclosable


def _numbered(row: Row[Any]) -> Numbered:
    return Numbered(
        row.version, row.valid_from, DecisionKind(row.kind), row.tariff_id, row.tariff_version
    )


def _number(connection: Connection, dossiers: Sequence[_Dossier], days: Days) -> None:
    """Tell each application its versions, so that it chooses."""
    values = {"ids": [one.id for one in dossiers], "most": _MOST_VERSIONS}
    found: dict[UUID, list[Row[Any]]] = {one.id: [] for one in dossiers}
    for row in connection.execute(_VERSIONS, values):
        found[row.application_id].append(row)
    for one in dossiers:
        one.choose(found[one.id], days)


def _sealed(
    connection: Connection, dossiers: Sequence[_Dossier]
) -> Mapping[tuple[UUID, int], bytes]:
    wanted = [(one.id, held.version.version) for one in dossiers for held in one.wanted]
    values = {"ids": [id_ for id_, _ in wanted], "versions": [version for _, version in wanted]}
    rows = connection.execute(_SEALED, values)
    return {(row.application_id, row.version): row.sealed for row in rows}
