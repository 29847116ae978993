"""Settling: what becomes of a priced application beside the decisions that bind already. Pure.

The first decision holds from the first day of care. A later one holds from the day that its rule
gives (`services.tariff.versions`), and is written only when something differs.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from services.tariff.pricing import Case, Doubtful, Priced, price
from services.tariff.versions import (
    Past,
    changes,
    difference,
    differs,
    first_of_next_month,
    in_favour,
)
from shared.decisions import Before, Change, Difference
from shared.versions import holding_on, next_start


@dataclass(frozen=True, slots=True, kw_only=True)
class History:
    """What was decided before, and what is asked now, on a day in Paris (`today`).

    `asked` is the day that whoever opened it again wants; `grounded` says that it was an agent, or
    a campaign, with a ground. `corrects`: the version before rested on a wrong tariff.
    """

    today: date
    past: tuple[Past, ...] = ()
    asked: date | None = None
    grounded: bool = False
    corrects: bool = False


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Settled:
    """A version to be written: what it decides, why it differs, and what is owed for months past.

    `again_on` is the day of a later version that this one ends, and that is to be priced anew.
    """

    priced: Priced
    because: tuple[Change, ...] = ()
    before: Before | None = None
    difference: Difference | None = None
    again_on: date | None = None


@dataclass(frozen=True, slots=True)
class Unchanged:
    """Nothing differs from what holds already; `restated`: a version that follows another one."""

    restated: bool


def settle(case: Case, history: History) -> Settled | Unchanged | Doubtful:
    """What an application comes to, from which day, beside what was decided before.

    A care that has ended by then keeps what holds.
    """
    if not history.past:
        first = price(case, history.asked or case.application.care.start)
        return Settled(priced=first) if isinstance(first, Priced) else first
    on = _wanted(history)
    ends = case.application.care.end
    if ends is not None and ends < on:
        return Unchanged(restated=False)
    priced = price(_beside(case, history.past, on), on)
    if isinstance(priced, Priced) and not _may_begin(priced, history):
        on = first_of_next_month(history.today)
        priced = price(_beside(case, history.past, on), on)
    if isinstance(priced, Doubtful):
        return priced
    return versioned(priced, history, ends=ends)


def _wanted(history: History) -> date:
    """The day that is asked for, or the first of next month; never before there was care."""
    first = min(one.valid_from for one in history.past)
    return max(history.asked or first_of_next_month(history.today), first)


def _beside(case: Case, past: Sequence[Past], on: date) -> Case:
    """The case, with whether an agent settled by hand what holds on the day."""
    holds = holding_on(past, on)
    return replace(case, by_hand=holds is not None and holds.decided.by_agent)


def _may_begin(priced: Priced, history: History) -> bool:
    """Whether a version may begin on its day: not in the past, unless the rule lets it."""
    begins_later = priced.on >= first_of_next_month(history.today)
    if begins_later or history.grounded or _restates(history.past, priced.on):
        return True
    holds = holding_on(history.past, priced.on)
    return holds is not None and in_favour(priced.decided, holds.decided)


def versioned(priced: Priced, history: History, *, ends: date | None) -> Settled | Unchanged:
    """What is priced, beside what holds on its day; `ends` is the last day of care."""
    new, holds = priced.decided, holding_on(history.past, priced.on)
    if holds is None or not differs(new, holds.decided):
        return Unchanged(restated=_restates(history.past, priced.on))
    return Settled(
        priced=priced,
        because=changes(new, holds.decided, correction=history.corrects),
        before=holds.told,
        difference=difference(new, priced.on, history.past, today=history.today, ends=ends),
        again_on=next_start(history.past, priced.on),
    )


def _restates(past: Sequence[Past], day: date) -> bool:
    """Whether a version began on the day, and another one that begins earlier has ended it."""
    holds = holding_on(past, day)
    return (
        holds is not None and holds.valid_from < day and any(one.valid_from == day for one in past)
    )
