"""Basis: what a fee is computed from beside its application, read once for a whole batch."""

from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, text

from shared.review_acts import ReviewAct

_EVIDENCE = text("""
    SELECT DISTINCT ON (application_id) application_id, id, sealed, asked
    FROM verifications
    WHERE application_id = ANY(:ids) AND sealed IS NOT NULL
    ORDER BY application_id, recorded_at DESC
""")

_BEFORE = text("""
    SELECT application_id, version, valid_from, sealed FROM (
        SELECT *, row_number() OVER (PARTITION BY application_id ORDER BY version DESC) AS back
        FROM decisions WHERE application_id = ANY(:ids) AND NOT proposed
    ) d
    WHERE back <= :most ORDER BY application_id, version
""")
_GROUNDED = text("""
    SELECT DISTINCT r.application_id FROM reviews r
    WHERE r.application_id = ANY(:ids) AND r.act = :again AND r.ground IS NOT NULL AND r.at > (
        SELECT max(d.recorded_at) FROM decisions d
        WHERE d.application_id = r.application_id AND NOT d.proposed
    )
""")
_MOST_VERSIONS = 60  # of one application: five years of monthly changes


@dataclass(frozen=True, slots=True, repr=False)
class Evidence:
    """The last certified facts of an application, sealed.

    `asked` is the role of who was asked about; None for the applicant.
    """

    verification_id: UUID
    sealed: bytes
    asked: str | None = None


@dataclass(frozen=True, slots=True, repr=False)
class Sealed:
    """One version of a decision that binds, sealed; valid from a day on, until a later one is."""

    version: int
    valid_from: date
    sealed: bytes


def basis_of(connection: Connection, ids: list[UUID]) -> dict[UUID, dict[str, Any]]:
    """What a fee of these rests on, as values of `Held`: one query of each kind for the batch."""
    found: dict[UUID, dict[str, Any]] = {
        id_: {"evidence": evidence} for id_, evidence in _evidence(connection, ids).items()
    }
    before = _before(connection, ids)
    grounded = _grounded(connection, list(before)) if before else frozenset()
    for id_, versions in before.items():
        found.setdefault(id_, {}).update(before=tuple(versions), grounded=id_ in grounded)
    return found


def _before(connection: Connection, ids: list[UUID]) -> dict[UUID, list[Sealed]]:
    found: dict[UUID, list[Sealed]] = {}
    for row in connection.execute(_BEFORE, {"ids": ids, "most": _MOST_VERSIONS}):
        version = Sealed(row.version, row.valid_from, row.sealed)
        found.setdefault(row.application_id, []).append(version)
    return found


def _grounded(connection: Connection, ids: list[UUID]) -> frozenset[UUID]:
    values = {"ids": ids, "again": ReviewAct.AGAIN}
    return frozenset(connection.execute(_GROUNDED, values).scalars())


def _evidence(connection: Connection, ids: list[UUID]) -> dict[UUID, Evidence]:
    rows = connection.execute(_EVIDENCE, {"ids": ids}).all()
    return {r.application_id: Evidence(r.id, r.sealed, r.asked) for r in rows}
