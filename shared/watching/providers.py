"""Providers: how each habilitation's calls to each endpoint stand, as the record knows it."""

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import Connection, Row, text

from shared.endpoints import provider_of
from shared.maintenance import Calendar
from shared.protocol.switching import (
    AUTHORITY,
    ENDPOINT,
    HABILITATION,
    PROVIDER,
    breaker_switch,
    token_switch,
)
from shared.watching.figures import PaceUsed, Snapshot
from shared.watching.overview import Provider

_MOST_PROVIDERS = 500
_PROVIDERS = text("""
    SELECT h.id, h.code, t.id AS authority_id, t.code AS authority, e.endpoint, h.pace,
           h.token_expires_at,
           left(encode(sha256(h.sealed_token || convert_to(h.recipient, 'UTF8')), 'hex'), 12)
               AS fingerprint
    FROM habilitations h JOIN authorities t ON t.id = h.authority_id
    CROSS JOIN LATERAL unnest(h.endpoints) AS e(endpoint)
    ORDER BY h.code, e.endpoint LIMIT :most
""")


def providers(
    connection: Connection, switches: Sequence[Row[Any]], now: Snapshot, calendar: Calendar
) -> tuple[Provider, ...]:
    """Each of them, with what stops it (`switches`: name, until, reason, stops) at that moment."""
    closed = frozenset(calendar.closed(now.taken_at))
    paces = {pace.habilitation: pace for pace in now.paces}
    rows = connection.execute(_PROVIDERS, {"most": _MOST_PROVIDERS})
    return tuple(_provider(row, switches, closed, paces.get(row.code)) for row in rows)


def _provider(
    row: Row[Any], switches: Sequence[Row[Any]], closed: frozenset[str], pace: PaceUsed | None
) -> Provider:
    provider = provider_of(row.endpoint)
    by_hand = {
        f"{HABILITATION}{row.id}",
        f"{AUTHORITY}{row.authority_id}",
        f"{ENDPOINT}{row.endpoint}",
        f"{PROVIDER}{provider}",
    }
    by_failure = {breaker_switch(row.endpoint), token_switch(row.id, row.fingerprint)}
    stopped = next((one for one in switches if one.name in by_failure), None)
    return Provider(
        habilitation=row.code,
        authority=row.authority,
        endpoint=row.endpoint,
        provider=provider,
        pace=row.pace,
        used=None if pace is None else pace.used,
        allowed=None if pace is None else pace.allowed,
        paused=why_paused(switches, by_hand),
        stopped=None if stopped is None else stopped.reason,
        tried_at=None if stopped is None else stopped.until,
        maintenance=row.endpoint in closed,
        token_expires_at=row.token_expires_at,
    )


def why_paused(switches: Iterable[Row[Any]], names: Iterable[str]) -> str | None:
    """Why a person paused one of these, by the names of switches; None when nobody did."""
    wanted = set(names)
    return next((row.reason for row in switches if row.stops and row.name in wanted), None)
