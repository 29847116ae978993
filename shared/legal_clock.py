"""The legal clock: the day on which an administration's silence means yes, or no. Pure.

Days are those of Paris. A delay of months ends on the day of the same number (15 January and two
months: 15 March), or on the last day of a month that has none (31 December and two months: 28 or
29 February); it is not *franc*. Sources: CRPA L.231-1 and L.231-4 (two months, acceptance or
rejection), L.231-6 (another delay, by decree), L.114-5 (pieces asked for):

- what silence would accept runs only from the day on which all that was missing has come;
- what it would reject is suspended from the day on which pieces are asked for until they come, or
  until the day that was set for them, whichever is first.

What is asked once the delay is over changes nothing.
"""

from calendar import monthrange
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from shared.scheme_rules import Silence, SilenceEffect

_MONTHS_A_YEAR = 12


@dataclass(frozen=True, slots=True)
class Request:
    """Pieces asked for on a day, until another (included), and the day on which they came."""

    asked_on: date
    until: date
    answered_on: date | None = None


@dataclass(frozen=True, slots=True)
class Clock:
    """What silence means, from which day on.

    `on` is None while what is missing has not come, under a rule of acceptance: nothing runs.
    `waiting` says that the clock stands still; `on` then supposes that it does until the day that
    was set for the pieces.
    """

    silence: Silence
    on: date | None
    waiting: bool = False

    def days_left(self, today: date) -> int | None:
        """Days until silence means something, 0 on that day, below zero after it."""
        return None if self.on is None else (self.on - today).days


def months_after(day: date, months: int) -> date:
    """The day of the same number so many months later, or the last of a month that has none."""
    year, month = divmod(day.month - 1 + months, _MONTHS_A_YEAR)
    year, month = day.year + year, month + 1
    return date(year, month, min(day.day, monthrange(year, month)[1]))


def clock(received_on: date, silence: Silence, requests: Sequence[Request], today: date) -> Clock:
    """Where the clock of an application stands today, as far as it is known by then.

    Args:
        received_on: the day in Paris on which it was received.
        silence: the rule of its scheme.
        requests: pieces asked for so far, in any order.
        today: the day in Paris.
    """
    in_order = sorted(requests, key=lambda one: one.asked_on)
    if silence.effect is SilenceEffect.ACCEPTANCE:
        return _acceptance(received_on, silence, in_order)
    return _rejection(received_on, silence, in_order, today)


def _acceptance(received_on: date, silence: Silence, requests: Sequence[Request]) -> Clock:
    """It begins anew on the day on which the last missing piece came."""
    on = months_after(received_on, silence.months)
    for asked in requests:
        if asked.asked_on > on:
            break
        if asked.answered_on is None:
            return Clock(silence, None, waiting=True)
        on = max(on, months_after(asked.answered_on, silence.months))
    return Clock(silence, on)


def _rejection(
    received_on: date, silence: Silence, requests: Sequence[Request], today: date
) -> Clock:
    """Each suspension puts the end off by its days; days suspended twice count once."""
    on = months_after(received_on, silence.months)
    counted_to, waiting = received_on, False
    for asked in requests:
        if asked.asked_on > on:
            break
        ends = _end(asked)
        waiting = waiting or (asked.answered_on is None and today <= ends)
        on += max(timedelta(0), ends - max(asked.asked_on, counted_to))
        counted_to = max(counted_to, ends)
    return Clock(silence, on, waiting)


def _end(asked: Request) -> date:
    """The day on which a suspension ends: never before it began."""
    ends = asked.until if asked.answered_on is None else min(asked.answered_on, asked.until)
    return max(asked.asked_on, ends)
