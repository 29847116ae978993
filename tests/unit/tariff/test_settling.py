"""Settling: from which day a version holds, whatever was decided before and in which order."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.tariff.pricing import Case, Doubtful
from services.tariff.settling import History, Settled, Unchanged, settle
from services.tariff.versions import Decided, Past, first_of_next_month
from shared.application import Application
from shared.decisions import Change, DecisionKind
from shared.evidence import EajeFacts
from shared.states import Reason
from shared.versions import holding_on, periods
from tests.tariff_cases import case, qf, with_care

_TODAY = date(2026, 11, 26)
_START = date(2026, 2, 1)
_NEXT = date(2026, 12, 1)


@pytest.fixture
def family(application: Application, facts: EajeFacts) -> Case:
    """In care since February 2026: 2.06 € an hour, 284.28 € a month."""
    return case(with_care(application, start=_START, end=date(2027, 7, 31)), facts)


def _earning(family: Case, cents: int) -> Case:
    assert isinstance(family.facts, EajeFacts)
    facts = family.facts.model_copy(update={"annual_resources_cents": cents})
    return replace(family, facts=facts)


def _settled(family: Case, **said: Any) -> Settled:
    found = settle(family, History(today=_TODAY, **said))
    assert isinstance(found, Settled)
    return found


def _first(family: Case) -> Past:
    return Past(1, _START, _settled(family).priced.decided)


def _again(family: Case, past: tuple[Past, ...], **said: Any) -> Settled | Unchanged | Doubtful:
    return settle(family, History(today=_TODAY, past=past, **said))


def test_the_first_decision_holds_from_the_first_day_of_care(family: Case) -> None:
    """Whenever it is decided; it follows nothing, and nothing is owed."""
    first = _settled(family)

    assert (_START, (), None, None, None) == (
        first.priced.on,
        first.because,
        first.before,
        first.difference,
        first.again_on,
    )


def test_an_agent_may_set_the_first_day(family: Case) -> None:
    """What was asked for, instead of the first day of care."""
    assert date(2026, 3, 15) == _settled(family, asked=date(2026, 3, 15)).priced.on


@pytest.mark.parametrize(
    ("cents", "said", "day"),
    [
        (6_000_000, {}, _NEXT),
        (6_000_000, {"asked": date(2026, 5, 1)}, _NEXT),
        (6_000_000, {"asked": date(2026, 5, 1), "grounded": True}, date(2026, 5, 1)),
        (6_000_000, {"asked": date(2027, 1, 1)}, date(2027, 1, 1)),
        (3_600_000, {"asked": date(2026, 5, 1)}, date(2026, 5, 1)),
        (3_600_000, {"asked": date(2025, 5, 1)}, _START),
        (3_600_000, {}, _NEXT),
    ],
)
def test_from_which_day_a_version_holds(
    family: Case, cents: int, said: dict[str, Any], day: date
) -> None:
    """Next month, or later when asked; earlier in favour or on a ground, and never before care."""
    found = _again(_earning(family, cents), (_first(family),), **said)

    assert isinstance(found, Settled)
    assert (day, (Change.RESOURCES,)) == (found.priced.on, found.because)


def test_nothing_new_changes_nothing(family: Case) -> None:
    """The same figures under the same tariff."""
    assert Unchanged(restated=False) == _again(family, (_first(family),))


def test_care_that_has_ended_keeps_what_held(family: Case) -> None:
    """No version begins after the last day."""
    late = History(today=date(2027, 7, 15), past=(_first(family),))

    assert Unchanged(restated=False) == settle(_earning(family, 6_000_000), late)


def test_what_became_doubtful_goes_to_a_person(family: Case) -> None:
    """The decision in force stays meanwhile."""
    doubtful = replace(family, facts=qf(700))

    assert Doubtful(Reason.EVIDENCE_UNFIT) == _again(doubtful, (_first(family),))


def test_a_hand_is_not_overruled_by_a_machine(family: Case) -> None:
    """What an agent settled is proposed to one."""
    by_agent = replace(_first(family).decided, by_agent=True)
    found = _again(_earning(family, 3_600_000), (Past(1, _START, by_agent),))

    assert isinstance(found, Settled)
    assert Reason.AGENT_VALIDATES is found.priced.waits_for


def test_a_wrong_tariff_is_corrected(family: Case) -> None:
    """And said to have been."""
    wrong = replace(_first(family).decided, tariff_digest="sha256:wrong", price_cents=300)
    found = _again(family, (Past(1, _START, wrong),), asked=_START, grounded=True, corrects=True)

    assert isinstance(found, Settled)
    assert (Change.CORRECTION,) == found.because


def test_a_version_that_ends_a_later_one_says_from_when_to_price_anew(family: Case) -> None:
    """One of January was there; one of December comes after it."""
    january = Past(2, date(2027, 1, 1), _settled(_earning(family, 5_400_000)).priced.decided)
    past = (_first(family), january)
    found = _again(_earning(family, 6_000_000), past)

    assert isinstance(found, Settled)
    assert (_NEXT, date(2027, 1, 1)) == (found.priced.on, found.again_on)
    december = Past(3, _NEXT, found.priced.decided)
    assert Unchanged(restated=True) == _again(
        _earning(family, 6_000_000), (*past, december), asked=date(2027, 1, 1)
    )


def test_a_past_version_that_was_ended_may_be_dearer_than_what_ended_it(family: Case) -> None:
    """Its day was decided before: it is restated, not brought forward."""
    first = _first(family)
    dearer = Past(2, date(2026, 6, 1), _settled(_earning(family, 6_000_000)).priced.decided)
    cheap = Past(3, date(2026, 4, 1), _settled(_earning(family, 2_400_000)).priced.decided)
    found = _again(_earning(family, 5_400_000), (first, dearer, cheap), asked=date(2026, 6, 1))

    assert isinstance(found, Settled)
    assert date(2026, 6, 1) == found.priced.on


_EVENTS = st.lists(
    st.tuples(
        st.integers(1_200_000, 9_000_000),  # resources, in cents
        st.none() | st.dates(date(2026, 1, 1), date(2027, 7, 31)),  # the day asked for
        st.booleans(),  # with a ground
        st.integers(0, 40),  # days after the event before
    ),
    max_size=7,
)


@settings(deadline=None, max_examples=60)
@given(events=_EVENTS)
def test_versions_leave_no_gap_and_no_overlap_whatever_the_order_of_events(
    application: Application, facts: EajeFacts, events: list[tuple[int, date | None, bool, int]]
) -> None:
    """And a dearer one never begins in the past without a ground, on a day decided for less."""
    family = case(with_care(application, start=_START, end=date(2027, 7, 31)), facts)
    past, today = [_first(family)], date(2026, 2, 1)
    for cents, asked, grounded, days in events:
        today += timedelta(days=days)
        wanted = History(today=today, past=tuple(past), asked=asked, grounded=grounded)
        found: object = settle(_earning(family, cents), wanted)
        while isinstance(found, Settled):
            before = holding_on(past, found.priced.on)
            past.append(Past(len(past) + 1, found.priced.on, found.priced.decided))
            assert before is not None
            restated = wanted.asked == found.priced.on and _was_ended(past)
            assert (
                grounded
                or restated
                or found.priced.on >= first_of_next_month(today)
                or (found.priced.decided.cost[0] or 0) < (before.decided.cost[0] or 0)
            )
            if found.again_on is None:
                break
            wanted = replace(wanted, past=tuple(past), asked=found.again_on)
            found = settle(_earning(family, cents), wanted)

    held = periods(past)
    assert _START == held[0].valid_from
    assert [one.valid_from for one in held] == sorted({one.valid_from for one in held})
    assert all(holding_on(past, _START + timedelta(days=n)) is not None for n in range(600))


def _was_ended(past: list[Past]) -> bool:
    """Whether the day of the last version was that of one before it."""
    return past[-1].valid_from in {one.valid_from for one in past[:-1]}


def test_every_version_has_a_kind(family: Case) -> None:
    """A fee, here."""
    assert DecisionKind.FEE is _settled(family).priced.decided.kind
    assert isinstance(_settled(family).priced.decided, Decided)
