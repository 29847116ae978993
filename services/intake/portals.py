"""Portals: who asks. A portal shows its key with each request; the record knows its hash only."""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from uuid import UUID

from sqlalchemy import Connection, text

from services.intake.problems import Problem, ProblemError, later, refusal
from services.intake.wordings import Kind
from shared.portal_keys import Scope, hash_of, looks_like_a_key
from shared.queue.tolls import Toll

_FIND = text("""
    SELECT p.id, p.code, p.authority_id, p.requests_per_minute, k.scopes, now() AS at
    FROM portal_keys k JOIN portals p ON p.id = k.portal_id
    WHERE k.key_hash = :hash
      AND (k.revoked_at IS NULL OR k.revoked_at > now())
      AND (k.expires_at IS NULL OR k.expires_at > now())
""")


@dataclass(slots=True)
class Footprint:
    """What a request leaves in the log and headers as it becomes known: codes, never people."""

    portal: str | None = None
    reference: str | None = None
    exported: int | None = None  # how many decisions of an authority were given
    toll: Toll | None = None


class Counts(Protocol):
    """Counts the requests of portals."""

    def take(self, portal: UUID, limit: int, cost: int) -> Toll: ...


@dataclass(frozen=True, slots=True)
class Caller:
    """Whoever sends a request: what it showed as its key, where it pays, what it leaves behind."""

    authorization: str | None
    footprint: Footprint
    tolls: Counts

    def pay(self, portal: UUID, limit: int, *, cost: int) -> None:
        """Count this request against its portal's limit.

        Raises:
            ProblemError: too-many-requests, with the seconds after which it would pass.
        """
        toll = self.footprint.toll = self.tolls.take(portal, limit, cost)
        if not toll.passes:
            raise later(Kind.TOO_MANY_REQUESTS, seconds=toll.retry_s)


@dataclass(frozen=True, slots=True)
class Portal:
    """A family portal whose key is in force; `at` is the transaction's time (UTC)."""

    id: UUID
    code: str
    authority_id: UUID
    requests_per_minute: int
    at: datetime


def admit(connection: Connection, caller: Caller, scope: Scope) -> Portal:
    """Find the portal that a request comes from, and what its key is for.

    Raises:
        ProblemError: unknown-key, whether it is missing, unknown, expired or revoked;
            scope-missing, when it is in force but not for this; too-many-requests.
    """
    key = _bearer(caller.authorization)
    row = connection.execute(_FIND, {"hash": hash_of(key)}).one_or_none() if key else None
    if row is None:
        raise ProblemError(Problem(Kind.UNKNOWN_KEY, headers={"WWW-Authenticate": "Bearer"}))
    caller.footprint.portal = row.code
    if caller.footprint.toll is None:  # a request is counted once, however often it is tried
        caller.pay(row.id, row.requests_per_minute, cost=1)
    if scope not in row.scopes:
        raise refusal(Kind.SCOPE_MISSING, scope=scope.value)
    return Portal(row.id, row.code, row.authority_id, row.requests_per_minute, row.at)


def _bearer(authorization: str | None) -> str | None:
    scheme, _, key = (authorization or "").partition(" ")
    key = key.strip()
    return key if scheme.lower() == "bearer" and looks_like_a_key(key) else None
