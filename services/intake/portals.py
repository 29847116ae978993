"""Portals: who asks. A portal shows its key with each request; the record knows its hash only."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import Connection, text

from services.intake.problems import Kind, Problem, ProblemError, refusal
from shared.portal_keys import Scope, hash_of, looks_like_a_key

_FIND = text("""
    SELECT p.id, p.code, p.authority_id, k.scopes, now() AS at
    FROM portal_keys k JOIN portals p ON p.id = k.portal_id
    WHERE k.key_hash = :hash
      AND (k.revoked_at IS NULL OR k.revoked_at > now())
      AND (k.expires_at IS NULL OR k.expires_at > now())
""")


@dataclass(slots=True)
class Footprint:
    """What a request leaves in the log, filled in as it becomes known: codes, never people."""

    portal: str | None = None
    reference: str | None = None


@dataclass(frozen=True, slots=True)
class Caller:
    """Whoever sends a request: what it showed as its key, and what it leaves in the log."""

    authorization: str | None
    footprint: Footprint


@dataclass(frozen=True, slots=True)
class Portal:
    """A family portal whose key is in force; `at` is the transaction's time (UTC)."""

    id: UUID
    code: str
    authority_id: UUID
    at: datetime


def admit(connection: Connection, caller: Caller, scope: Scope) -> Portal:
    """Find the portal that a request comes from, and what its key is for.

    Raises:
        ProblemError: unknown-key, whether it is missing, unknown, expired or revoked;
            scope-missing, when it is in force but not for this.
    """
    key = _bearer(caller.authorization)
    row = connection.execute(_FIND, {"hash": hash_of(key)}).one_or_none() if key else None
    if row is None:
        raise ProblemError(Problem(Kind.UNKNOWN_KEY, headers={"WWW-Authenticate": "Bearer"}))
    caller.footprint.portal = row.code
    if scope not in row.scopes:
        raise refusal(Kind.SCOPE_MISSING, scope=scope.value)
    return Portal(row.id, row.code, row.authority_id, row.at)


def _bearer(authorization: str | None) -> str | None:
    scheme, _, key = (authorization or "").partition(" ")
    key = key.strip()
    return key if scheme.lower() == "bearer" and looks_like_a_key(key) else None
