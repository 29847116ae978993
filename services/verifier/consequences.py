"""The consequences of an outcome: next state, reason, and when to look again. One table, pure.

The figures: a new right may take 30 days to appear at the fund, hence the last date of `no_file`;
a maintenance says when it ends; a failing provider is asked again ever later, six times, then the
application is parked.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random

from shared.evidence import (
    Busy,
    Forbidden,
    Inconsistent,
    InputRefused,
    NoChildUnderSeven,
    NoFile,
    NotIdentified,
    Outcome,
    Unavailable,
    Unreadable,
)
from shared.states import Reason, Status

MOST_ATTEMPTS = 6
ASK_FILE_AGAIN = timedelta(days=7)
ASK_PROVIDER_AGAIN = timedelta(hours=6)
LAST_DATE = timedelta(days=30)
FORBIDDEN_FOR = timedelta(hours=1)
SOON = timedelta(seconds=2)
_BACKOFF = 3
_A_PERSON_SETTLES: dict[type[Outcome], Reason] = {
    NotIdentified: Reason.NOT_IDENTIFIED,
    NoChildUnderSeven: Reason.NO_CHILD_UNDER_SEVEN,
    InputRefused: Reason.INPUT_REFUSED,
    Inconsistent: Reason.INCONSISTENT,
    Unreadable: Reason.ANSWER_UNREADABLE,
}


@dataclass(frozen=True, slots=True)
class Standing:
    """What is known of the application before the call."""

    attempts: int
    last_date: datetime | None


@dataclass(frozen=True, slots=True)
class Consequence:
    """What to do with the application; `pause_until` stops its whole habilitation."""

    status: Status
    reason: Reason | None = None
    due_at: datetime | None = None
    last_date: datetime | None = None
    attempts: int = 0
    pause_until: datetime | None = None


def consequence(
    outcome: Outcome,
    standing: Standing,
    now: datetime,
    *,
    first_retry: timedelta,
    chance: Random,
) -> Consequence:
    """What an outcome leads to.

    Args:
        outcome: what asking the State came to.
        standing: what was known before.
        now: UTC.
        first_retry: pause before the second try; the next ones are three times longer each.
        chance: spreads what would otherwise come back all at once.
    """
    reason = _A_PERSON_SETTLES.get(type(outcome))
    if reason is not None:
        return _review(reason)
    match outcome:
        case NoFile():
            return _parked(Reason.NO_FILE, standing, now, wait=ASK_FILE_AGAIN, chance=chance)
        case Forbidden():
            until = now + FORBIDDEN_FOR
            return _later(Reason.ACCESS_FORBIDDEN, standing, until, chance, pause_until=until)
        case Busy(retry_at=retry_at, whole_habilitation=whole):
            until = max(retry_at or now + SOON, now)
            pause = until if whole else None
            return _later(Reason.PROVIDER_BUSY, standing, until, chance, pause_until=pause)
        case Unavailable():
            return _tried_again(standing, now, first_retry=first_retry, chance=chance)
        case _:  # Certified: the only one left
            return Consequence(Status.VERIFIED, due_at=now)


def _review(reason: Reason) -> Consequence:
    return Consequence(Status.TO_REVIEW, reason)


def _later(
    reason: Reason,
    standing: Standing,
    until: datetime,
    chance: Random,
    *,
    pause_until: datetime | None,
) -> Consequence:
    """Nobody's fault: due again after a date, and no attempt is counted."""
    return Consequence(
        Status.RECEIVED,
        reason,
        due_at=until + timedelta(seconds=chance.uniform(0.1, 1.0)),
        last_date=standing.last_date,
        attempts=standing.attempts,
        pause_until=pause_until,
    )


def _tried_again(
    standing: Standing, now: datetime, *, first_retry: timedelta, chance: Random
) -> Consequence:
    attempts = standing.attempts + 1
    reason = Reason.PROVIDER_UNAVAILABLE
    if attempts >= MOST_ATTEMPTS:
        return _parked(reason, standing, now, wait=ASK_PROVIDER_AGAIN, chance=chance)
    pause = first_retry * _BACKOFF ** (attempts - 1) * chance.uniform(0.5, 1.5)
    return Consequence(
        Status.RECEIVED,
        reason,
        due_at=now + pause,
        last_date=standing.last_date,
        attempts=attempts,
    )


def _parked(
    reason: Reason, standing: Standing, now: datetime, *, wait: timedelta, chance: Random
) -> Consequence:
    """Until a later date, spread over time; after the last date a person looks."""
    last_date = standing.last_date or now + LAST_DATE
    if last_date <= now:
        return _review(reason)
    wake = now + wait + wait * chance.uniform(0, 0.1)
    return Consequence(Status.PARKED, reason, due_at=min(wake, last_date), last_date=last_date)
