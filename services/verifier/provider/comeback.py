"""When to come back, as the provider says it; bounded, and tolerant of garbage. Pure."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

from services.verifier.provider.answer import RATE_LIMIT_RESET, RETRY_AFTER

SOONEST = timedelta(seconds=1)
LATEST = timedelta(hours=24)
_SECONDS = re.compile(r"\d{1,10}\Z", re.ASCII)


def after(seconds: int | None, now: datetime) -> datetime | None:
    """`seconds` from now, between one second and 24 hours; None when unknown or negative."""
    if seconds is None or seconds < 0:
        return None
    return now + max(SOONEST, timedelta(seconds=min(seconds, LATEST // SOONEST)))


def from_headers(headers: Mapping[str, str], now: datetime) -> datetime | None:
    """The moment that `Retry-After` gives, else `RateLimit-Reset`; None when neither can be read.

    A moment in the past is None as well: it says nothing about when to come back, and coming back
    at once would feed the storm that leads to a ban.
    """
    retry_after = headers.get(RETRY_AFTER, "").strip()
    if _SECONDS.match(retry_after):
        return after(int(retry_after), now)
    return _at(_http_date(retry_after), now) or _at(_timestamp(headers), now)


def _at(moment: datetime | None, now: datetime) -> datetime | None:
    if moment is None or moment <= now:
        return None
    return min(max(moment, now + SOONEST), now + LATEST)


def _http_date(text: str) -> datetime | None:
    try:
        found = parsedate_to_datetime(text)
        return found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None


def _timestamp(headers: Mapping[str, str]) -> datetime | None:
    """`RateLimit-Reset` is in Unix seconds."""
    reset = headers.get(RATE_LIMIT_RESET, "").strip()
    return datetime.fromtimestamp(int(reset), UTC) if _SECONDS.match(reset) else None
