"""Versions of a fee: from which day, why, and what is owed for months past."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.tariff.versions import (
    Decided,
    Past,
    changes,
    difference,
    differs,
    first_of_next_month,
    in_favour,
)
from shared.decisions import Change, DecisionKind, Difference, Verdict

_FEE = Decided(
    kind=DecisionKind.FEE,
    price_cents=206,
    monthly_cents=28_428,
    tariff_digest="sha256:a",
    inputs={"children": 2, "aeeh_children": 0, "annual_resources_cents": 4_800_000},
    verdicts={"residence": Verdict.YES},
)
_TODAY = date(2026, 11, 26)


def _fee(**said: Any) -> Decided:
    return replace(_FEE, **said)


def _inputs(**said: Any) -> Decided:
    return _fee(inputs={**_FEE.inputs, **said})


def _past(*months: tuple[date, int]) -> tuple[Past, ...]:
    return tuple(
        Past(number, day, _fee(monthly_cents=cents))
        for number, (day, cents) in enumerate(months, start=1)
    )


@pytest.mark.parametrize(
    ("day", "first"),
    [
        (date(2026, 11, 1), date(2026, 12, 1)),
        (date(2026, 11, 30), date(2026, 12, 1)),
        (date(2026, 12, 31), date(2027, 1, 1)),
        (date(2028, 2, 29), date(2028, 3, 1)),
    ],
)
def test_a_change_counts_from_the_first_of_next_month(day: date, first: date) -> None:
    """On the first of a month too."""
    assert first == first_of_next_month(day)


@given(st.dates(date(2020, 1, 1), date(2040, 1, 1)))
def test_next_month_is_always_ahead_within_a_month(day: date) -> None:
    """Of any day."""
    first = first_of_next_month(day)

    assert first.day == 1
    assert 1 <= (first - day).days <= 31


@pytest.mark.parametrize(
    ("new", "change"),
    [
        (_inputs(annual_resources_cents=1), Change.RESOURCES),
        (_inputs(children=3), Change.CHILDREN),
        (_inputs(aeeh_children=1), Change.DISABILITY),
        (_fee(tariff_digest="sha256:b"), Change.TARIFF),
        (_fee(verdicts={"residence": Verdict.UNKNOWN}), Change.RESIDENCE),
    ],
)
def test_a_version_says_why_it_differs(new: Decided, change: Change) -> None:
    """By what changed, even when the price does not."""
    assert (change,) == changes(new, _FEE)
    assert differs(new, _FEE)


@pytest.mark.parametrize(
    ("name", "before", "after", "change"),
    [
        ("contract", {"hours": "1"}, {"hours": "2"}, Change.HOURS),
        ("monthly_units", "16", "12", Change.HOURS),
        ("rank", 1, 2, Change.RANK),
        ("quotients", [70_000], [65_000], Change.QUOTIENT),
        ("resident", "yes", "no", Change.RESIDENCE),
        ("income_of_reference_cents", 1, 2, Change.RESOURCES),
    ],
)
def test_every_figure_of_every_tariff_has_its_word(
    name: str, before: object, after: object, change: Change
) -> None:
    """For hours, rank, quotient and residence as for resources."""
    assert (change,) == changes(_inputs(**{name: after}), _inputs(**{name: before}))


def test_a_corrected_tariff_is_said_to_be_one() -> None:
    """The version before rested on a wrong one."""
    assert (Change.CORRECTION,) == changes(_fee(tariff_digest="b"), _FEE, correction=True)


def test_what_one_of_them_does_not_tell_has_not_changed() -> None:
    """Decisions of before had no checks, and no envelope."""
    assert () == changes(_FEE, _fee(verdicts={}, tariff_digest=None))
    assert not differs(_FEE, _fee(verdicts={}))


@pytest.mark.parametrize(
    ("new", "better"),
    [
        ({"monthly_cents": 28_427}, True),
        ({"monthly_cents": 28_428}, False),
        ({"monthly_cents": 28_429, "price_cents": 1}, False),
        ({"monthly_cents": None, "price_cents": 205}, True),
        ({"monthly_cents": None, "price_cents": None}, False),
    ],
)
def test_what_is_in_favour_of_a_family(new: dict[str, Any], *, better: bool) -> None:
    """It pays less by month; by unit where no month is known."""
    assert better is in_favour(_fee(**new), _FEE)


@pytest.mark.parametrize(
    ("new", "old", "better"),
    [
        ((DecisionKind.AWARDED, 600), (DecisionKind.AWARDED, 500), True),
        ((DecisionKind.AWARDED, 400), (DecisionKind.AWARDED, 500), False),
        ((DecisionKind.AWARDED, 400), (DecisionKind.NOT_AWARDED, None), True),
        ((DecisionKind.NOT_AWARDED, None), (DecisionKind.AWARDED, 500), False),
    ],
)
def test_an_aid_is_in_favour_when_there_is_more_of_it(
    new: tuple[DecisionKind, int | None], old: tuple[DecisionKind, int | None], *, better: bool
) -> None:
    """The family is paid."""
    ours, theirs = (_fee(kind=kind, price_cents=c, monthly_cents=c) for kind, c in (new, old))

    assert better is in_favour(ours, theirs)


@pytest.mark.parametrize(
    ("starts", "ends", "months"),
    [
        (date(2026, 12, 1), None, None),
        (date(2026, 11, 1), None, None),
        (date(2026, 10, 1), None, Difference(months=1, owed_cents=-428)),
        (date(2026, 9, 15), None, Difference(months=2, owed_cents=-856)),
        (date(2026, 9, 15), date(2026, 9, 20), Difference(months=1, owed_cents=-428)),
        (date(2025, 12, 1), None, Difference(months=11, owed_cents=-4_708)),
    ],
)
def test_a_difference_is_owed_for_each_month_that_has_elapsed(
    starts: date, ends: date | None, months: Difference | None
) -> None:
    """The running one is not over; a month begun is owed whole, up to the end of care."""
    past = _past((date(2025, 12, 1), 28_428))

    assert months == difference(_fee(monthly_cents=28_000), starts, past, today=_TODAY, ends=ends)


def test_each_month_is_compared_to_what_held_in_it() -> None:
    """Two months at 100 €, one at 200 €, all at 150 € now: the family owes 50 €."""
    past = _past((date(2026, 8, 1), 10_000), (date(2026, 10, 1), 20_000))
    owed = difference(_fee(monthly_cents=15_000), date(2026, 8, 1), past, today=_TODAY)

    assert Difference(months=3, owed_cents=5_000) == owed


def test_an_unknown_month_leaves_the_difference_unknown() -> None:
    """The months are told, and no amount is made up."""
    past = _past((date(2026, 8, 1), 10_000))
    owed = difference(_fee(monthly_cents=None), date(2026, 8, 1), past, today=_TODAY)

    assert Difference(months=3, owed_cents=None) == owed


@given(
    st.lists(st.tuples(st.integers(0, 24), st.integers(0, 100_000)), min_size=1, max_size=6),
    st.integers(0, 24),
    st.integers(0, 100_000),
)
def test_differences_add_up_to_what_should_have_been_paid(
    events: list[tuple[int, int]], start: int, cents: int
) -> None:
    """Month by month: what was billed, plus what is owed, is the new amount."""
    past = _past(*((_month(at), amount) for at, amount in [(0, 500), *events]))
    today, starts = _month(24), _month(start)
    owed = difference(_fee(monthly_cents=cents), starts, past, today=today)
    billed = sum(_billed(past, _month(at)) for at in range(start, 24))

    assert (24 - start) * cents - billed == (0 if owed is None else owed.owed_cents)


def _month(at: int) -> date:
    return date(2025 + at // 12, at % 12 + 1, 1)


def _billed(past: tuple[Past, ...], day: date) -> int:
    """Worked out apart from the code: the last written of those that have begun."""
    [*_, last] = [one for one in past if one.valid_from <= day]
    assert last.decided.monthly_cents is not None
    return last.decided.monthly_cents


def test_sealed_content_of_before_envelopes_is_a_fee() -> None:
    """The record says its price, its inputs and its tariff; nothing else is supposed."""
    record = {
        "tariff": {"digest": "sha256:a"},
        "inputs": {"children": {"value": 2, "provenance": {}}},
        "fee": {"hourly_cents": 206, "monthly_cents": None},
    }
    read = Decided.of({"record": record, "explanation": []})

    assert (DecisionKind.FEE, 206, None) == (read.kind, read.price_cents, read.monthly_cents)
    assert ({"children": 2}, {}, False) == (read.inputs, read.verdicts, read.by_agent)


def test_a_quotient_of_another_month_that_is_the_same_changes_nothing() -> None:
    """The amount counts; months go by."""
    before, after = (_quotient(month) for month in ("2026-10", "2026-11"))

    assert before == after


def _quotient(month: str) -> Decided:
    quotients = {"value": [{"month": month, "cents": 70_000}], "provenance": {}}
    return Decided.of({"record": {"inputs": {"quotients": quotients}}})
