"""Pausing: what is paused, in the names by which a person resumes it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, text

from shared.protocol.switching import (
    AUTHORITY,
    BREAKER,
    ENDPOINT,
    HABILITATION,
    SCHEME,
    TOKEN,
)
from shared.watching.words import switch_words

MOST_PAUSED = 500
_PAUSED = text("""
    SELECT s.name, s.until, s.reason, s.set_by, s.set_at, h.code AS habilitation,
           t.code AS authority, c.code AS scheme, ct.code AS scheme_authority
    FROM switches s
    LEFT JOIN habilitations h ON split_part(s.name, ':', 2) = CAST(h.id AS text)
         AND split_part(s.name, ':', 1) IN ('habilitation', 'token')
    LEFT JOIN authorities t ON s.name = 'authority:' || CAST(t.id AS text)
    LEFT JOIN schemes c ON s.name = 'scheme:' || CAST(c.id AS text)
    LEFT JOIN authorities ct ON ct.id = c.authority_id
    WHERE s.until IS NULL OR s.until > now() OR starts_with(s.name, 'breaker:')
          OR starts_with(s.name, 'token:')
    ORDER BY s.set_at DESC LIMIT :most
""")


@dataclass(frozen=True, slots=True)
class Paused:
    """One pause: what is paused in words, and in the name by which it is resumed.

    `by_failure` says that verifiers stopped it, and that they try it by themselves at `until`.
    """

    what: str
    said: str
    reason: str
    by: str
    since: datetime
    until: datetime | None
    by_failure: bool


def paused(connection: Connection) -> Sequence[Paused]:
    """What is paused now, the last first; what belongs to nobody in reach is left out."""
    return list(_found(connection))


def _found(connection: Connection) -> Iterator[Paused]:
    for row in connection.execute(_PAUSED, {"most": MOST_PAUSED}):
        what = _what(row)
        if what is not None:
            yield Paused(
                what=what,
                said=_said(row),
                reason=row.reason,
                by=row.set_by,
                since=row.set_at,
                until=row.until,
                by_failure=row.name.startswith((BREAKER, TOKEN)),
            )


def _what(row: Row[Any]) -> str | None:
    """How `shared.protocol.operating.switches` knows it; None when it is out of reach."""
    name: str = row.name
    if name.startswith((HABILITATION, TOKEN)):
        return row.habilitation  # type: ignore[no-any-return]  # a code
    if name.startswith(AUTHORITY):
        return row.authority and f"{AUTHORITY}{row.authority}"
    if name.startswith(SCHEME):
        return row.scheme and f"{SCHEME}{row.scheme_authority}/{row.scheme}"
    return name.replace(BREAKER, ENDPOINT) if name.startswith(BREAKER) else name


def _said(row: Row[Any]) -> str:
    name: str = row.name
    if name.startswith(AUTHORITY):
        return switch_words(f"{AUTHORITY}{row.authority}", None)
    if name.startswith(SCHEME):
        return f"Le dispositif « {row.scheme} » de « {row.scheme_authority} » est suspendu"
    if name.startswith(BREAKER):
        return f"Le service « {name.removeprefix(BREAKER)} » de l'État est arrêté : en panne"
    if name.startswith(TOKEN):
        return f"Le jeton de l'habilitation « {row.habilitation} » est refusé"
    return switch_words(name, row.habilitation)
