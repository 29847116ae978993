"""Waking: what waited for a habilitation, or for an endpoint, is looked at again once it is back.

Verifiers may know a right for half a minute more than it stands: what is woken is due after that.
"""

from collections.abc import Collection
from datetime import timedelta

from sqlalchemy import Connection, text

from shared.habilitation import UNASKED
from shared.states import Reason

KNOWN_BY_ALL = timedelta(seconds=35)
_HASTEN = text("""
    UPDATE applications a SET due_at = least(a.due_at, now() + :known_by_all)
    FROM (
        SELECT id FROM applications
        WHERE authority_id IN (SELECT a.id FROM authorities a WHERE a.code = ANY(:authorities))
          AND status = 'PARKED' AND reason = ANY(:reasons) AND claim IS NULL
        ORDER BY id FOR NO KEY UPDATE SKIP LOCKED
    ) found
    WHERE a.id = found.id
""")


_BACK = text("""
    UPDATE applications a SET due_at = now() + random() * :within
    FROM (
        SELECT id FROM applications
        WHERE scheme_id IN (SELECT s.id FROM schemes s WHERE s.profile = :profile)
          AND status = 'PARKED' AND reason = :reason
          AND claim IS NULL AND due_at > now() + :within
        ORDER BY id LIMIT :most FOR NO KEY UPDATE SKIP LOCKED
    ) found
    WHERE a.id = found.id
""")
WITHIN = timedelta(minutes=10)  # what waited for an endpoint comes back spread over this
_MOST = 10_000


def hasten(connection: Connection, authorities: Collection[str]) -> int:
    """Bring forward what these authorities (by code) have parked for want of a right; how many."""
    values = {
        "authorities": list(authorities),
        "reasons": sorted(UNASKED),
        "known_by_all": KNOWN_BY_ALL,
    }
    return connection.execute(_HASTEN, values).rowcount if authorities else 0


def wake_for(connection: Connection, profile: str) -> int:
    """Bring forward what is parked because this endpoint failed, now that it answers; how many.

    They come back spread over `WITHIN`, ten thousand at most; the others at their time.
    """
    values = {"profile": profile, "reason": Reason.PROVIDER_UNAVAILABLE, "within": WITHIN}
    return connection.execute(_BACK, {**values, "most": _MOST}).rowcount
