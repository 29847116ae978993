"""Outcomes: what a campaign came to for each member, sealed, a page at a time."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Row, text

from shared.sealing import WrappedKey

_PAGE = 500
_OF_CAMPAIGN = """
    SELECT version, valid_from, kind, proposed, because, sealed FROM decisions
    WHERE application_id = m.application_id AND campaign_id = m.campaign_id
    ORDER BY proposed, version LIMIT 1
"""
_OUTCOMES = text(f"""
    SELECT a.id, a.reference, a.status, a.reason, s.name AS structure, k.ring_key, k.wrapped,
           a.status = 'DECIDED' AND a.campaign_id = m.campaign_id AS through,
           b.version AS before_version, b.sealed AS before_sealed,
           n.version, n.valid_from, n.kind, n.proposed, n.because, n.sealed,
           ARRAY(SELECT d.sealed FROM decisions d
                 WHERE d.application_id = m.application_id AND d.campaign_id = m.campaign_id
                   AND NOT d.proposed AND d.version > n.version ORDER BY d.version) AS later
    FROM campaign_members m
    JOIN applications a ON a.id = m.application_id
    LEFT JOIN structures s ON s.id = a.structure_id
    LEFT JOIN application_keys k ON k.application_id = a.id
    JOIN decisions b ON b.application_id = m.application_id AND b.version = m.before_version
    LEFT JOIN LATERAL ({_OF_CAMPAIGN}) n ON true
    WHERE m.campaign_id = :campaign AND m.left_out IS NULL AND m.application_id > :after
    ORDER BY m.application_id LIMIT :page
""")  # noqa: S608 - constants
_LETTERS = text(f"""
    SELECT a.reference FROM campaign_members m
    JOIN applications a ON a.id = m.application_id
    JOIN LATERAL ({_OF_CAMPAIGN}) n ON NOT n.proposed
    WHERE m.campaign_id = :campaign
    ORDER BY a.reference
""")  # noqa: S608 - constants


@dataclass(frozen=True, slots=True, repr=False)
class After:
    """The first decision of a campaign for a member, sealed; `later` are those it led to."""

    version: int
    valid_from: date
    kind: str
    proposed: bool
    because: tuple[str, ...]
    sealed: bytes
    later: tuple[bytes, ...]


@dataclass(frozen=True, slots=True, repr=False)
class SealedOutcome:
    """A member: where it stands, the decision before and the one after, if there is one.

    `same` says that it was priced again and nothing differed, so that the one before stays.
    `key` is None when it was destroyed: nothing of it can be read any more.
    """

    id: UUID
    reference: str
    structure: str | None
    status: str
    reason: str | None
    key: WrappedKey | None
    before_version: int
    before: bytes
    after: After | None
    same: bool


def outcomes(connection: Connection, campaign: UUID) -> Iterator[list[SealedOutcome]]:
    """Every member that was not left out, in the order of ids, a page at a time."""
    values: dict[str, Any] = {"campaign": campaign, "page": _PAGE}
    after = UUID(int=0)
    while rows := connection.execute(_OUTCOMES, {**values, "after": after}).all():
        yield [_outcome(row) for row in rows]
        after = rows[-1].id


def letters(connection: Connection, campaign: UUID) -> Iterator[str]:
    """The references whose decision in force is new, in order: it differs from the one before."""
    by_page = {"yield_per": _PAGE}  # a cursor: a page of them is in memory at most
    yield from connection.execute(
        _LETTERS, {"campaign": campaign}, execution_options=by_page
    ).scalars()


def _outcome(row: Row[Any]) -> SealedOutcome:
    return SealedOutcome(
        id=row.id,
        reference=row.reference,
        structure=row.structure,
        status=row.status,
        reason=row.reason,
        key=None if row.wrapped is None else WrappedKey(row.ring_key, row.wrapped),
        before_version=row.before_version,
        before=row.before_sealed,
        after=None if row.version is None else _after(row),
        same=row.version is None and row.through,
    )


def _after(row: Row[Any]) -> After:
    return After(
        version=row.version,
        valid_from=row.valid_from,
        kind=row.kind,
        proposed=row.proposed,
        because=tuple(row.because),
        sealed=row.sealed,
        later=tuple(row.later),
    )
