"""The consequences of an outcome: next state, reason, and when to look again. Pure.

Which case an outcome comes to, and where that leads, is `services.verifier.cases`; here is when. A
refused token stops its habilitation (`services.verifier.health`): the application stays due, and
goes on as soon as that one does. A failing provider is asked again ever later, then every six
hours, then a person looks: what fails for one family only may fail for ever. Whatever waits comes
back spread over a part of its wait, and has a last date after which a person looks, whether it is
parked or only due later.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from random import Random
from typing import Self

from services.verifier.cases import TABLE, Row, Standing, Wake, case_of
from services.verifier.dates import apart, birthday, last_date, quotient_due
from shared.evidence import Busy, NoChildUnderSeven, Outcome
from shared.habilitation import UNASKED
from shared.states import Reason, Status

ASK_FILE_AGAIN = timedelta(days=7)
ASK_PROVIDER_AGAIN = timedelta(hours=6)
LOOK_AGAIN = timedelta(days=1)
SOON = timedelta(seconds=2)
_BACKOFF = 3
_INSTANT = timedelta(seconds=1)
_HOUR = timedelta(hours=1)
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Consequence:
    """What to do with the application; `pause_until` stops its whole habilitation."""

    status: Status
    reason: Reason | None = None
    due_at: datetime | None = None
    last_date: datetime | None = None
    attempts: int = 0
    pause_until: datetime | None = None

    def woken(self, at: datetime) -> Self:
        """The same, due at a moment, on its last date at the latest; a person's is never due."""
        return self if self.last_date is None else replace(self, due_at=min(at, self.last_date))


@dataclass(frozen=True, slots=True)
class _At:
    """All that a wake-up is computed from."""

    row: Row
    outcome: Outcome
    standing: Standing
    now: datetime
    first_retry: timedelta
    chance: Random


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
    row = TABLE[case_of(outcome, standing, now)]
    return _BY_WAKE[row.wake](_At(row, outcome, standing, now, first_retry, chance))


def unasked(reason: Reason, standing: Standing, now: datetime, *, chance: Random) -> Consequence:
    """What becomes of an application that nobody may be asked about.

    Ops mend a habilitation in the records, which wakes what waits for it
    (`shared.protocol.waking`); after the last date a person looks. Other reasons go to a person.
    """
    if reason not in UNASKED:
        return Consequence(Status.TO_REVIEW, reason)
    wake = now + LOOK_AGAIN
    last = last_date(now, wake, known=standing.last_date)
    waiting = _waiting(Status.PARKED, reason, now, last=last)
    return waiting.woken(apart(wake, now, chance, least=_INSTANT, most=_DAY))


def _never(at: _At) -> Consequence:
    return Consequence(at.row.status, at.row.reason)


def _at_once(at: _At) -> Consequence:
    """Due now; what is still to be asked keeps its last date."""
    last = at.standing.last_date if at.row.status is Status.RECEIVED else None
    return Consequence(at.row.status, at.row.reason, due_at=at.now, last_date=last)


def _told(at: _At) -> Consequence:
    """When the provider said, a tenth of the wait later at most; a quota stops everybody's."""
    told, whole = None, False
    if isinstance(at.outcome, Busy):
        told, whole = at.outcome.retry_at, at.outcome.whole_habilitation
    until = max(told or at.now + SOON, at.now)
    due = apart(until, at.now, at.chance, least=_INSTANT, most=_HOUR / 2)
    return _later(at, due, pause_until=until if whole else None)


def _with_the_token(at: _At) -> Consequence:
    """It is its switch that makes it wait, not a date that nobody could bring forward."""
    return _later(at, apart(at.now, at.now, at.chance, least=_INSTANT, most=_INSTANT))


def _soon(at: _At) -> Consequence:
    """Ever later, spread within half of the pause: an attempt is counted."""
    pause = at.first_retry * _BACKOFF**at.standing.attempts * at.chance.uniform(0.5, 1.5)
    return _later(at, at.now + pause, counted=1)


def _later(
    at: _At, due_at: datetime, *, counted: int = 0, pause_until: datetime | None = None
) -> Consequence:
    """Due again after a date; nobody's fault unless an attempt is counted."""
    last = last_date(at.now, due_at, known=at.standing.last_date)
    waiting = _waiting(at.row.status, at.row.reason, at.now, last=last)
    if waiting.last_date is not None:
        waiting = replace(waiting, attempts=at.standing.attempts + counted)
    return replace(waiting.woken(due_at), pause_until=pause_until)


def _in_hours(at: _At) -> Consequence:
    """An attempt is counted; one more each time, until there were enough."""
    wake = at.now + ASK_PROVIDER_AGAIN
    return _later(at, apart(wake, at.now, at.chance, least=_INSTANT, most=_DAY), counted=1)


def _in_a_week(at: _At) -> Consequence:
    return _parked(at, at.now + ASK_FILE_AGAIN, after_january=True)


def _after_the_batch(at: _At) -> Consequence:
    return _parked(at, quotient_due(at.now) or at.now + ASK_FILE_AGAIN, least=_HOUR, dated=True)


def _at_birth(at: _At) -> Consequence:
    born_on = at.outcome.born_on if isinstance(at.outcome, NoChildUnderSeven) else None
    return _parked(at, birthday(born_on) if born_on else at.now, least=_HOUR, dated=True)


def _parked(
    at: _At,
    wake: datetime,
    *,
    least: timedelta = _INSTANT,
    dated: bool = False,
    after_january: bool = False,
) -> Consequence:
    known = at.standing.last_date
    last = last_date(at.now, wake, known=known, dated=dated, after_january=after_january)
    waiting = _waiting(at.row.status, at.row.reason, at.now, last=last)
    return waiting.woken(apart(wake, at.now, at.chance, least=least, most=_DAY))


def _waiting(
    status: Status, reason: Reason | None, now: datetime, *, last: datetime
) -> Consequence:
    """Until a later date; after the last one a person looks."""
    if last <= now:
        return Consequence(Status.TO_REVIEW, reason)
    return Consequence(status, reason, last_date=last)


_BY_WAKE: Mapping[Wake, Callable[[_At], Consequence]] = {
    Wake.NEVER: _never,
    Wake.AT_ONCE: _at_once,
    Wake.TOLD: _told,
    Wake.TOKEN: _with_the_token,
    Wake.SOON: _soon,
    Wake.HOURS: _in_hours,
    Wake.WEEK: _in_a_week,
    Wake.BATCH: _after_the_batch,
    Wake.BIRTH: _at_birth,
}
