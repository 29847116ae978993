"""The checker: each way in which an end can be wrong is seen, and none where all is well."""

from dataclasses import replace

import pytest

from services.command.demo.oracle import Expected
from tests.chaos.checker import Count, End, compare, out_of_order, plain, untold
from tests.chaos.load import Entry

DECIDED = Expected("DECIDED", None, 123, 4_567)
GOOD = End("R-1", "DECIDED", None, next_step=True, decisions=1, lines=1, fee=(123, 4_567))


def _entry(**other: object) -> Entry:
    entry = Entry({}, "k-1", told=False, references={"R-1"}, accepted_at=1.0)
    for name, value in other.items():
        setattr(entry, name, value)
    return entry


def _count(*ends: End, entry: Entry | None = None, awaited: Expected = DECIDED) -> Count:
    return compare([entry or _entry()], ends, {"k-1": awaited})


def _seen(count: Count) -> dict[str, int]:
    return {name: number for name, number in plain(count).items() if number}


def test_what_ends_as_it_must_is_as_expected() -> None:
    """State, reason and fee."""
    assert {"accepted": 1, "decided": 1, "as_expected": 1} == _seen(_count(GOOD))


@pytest.mark.parametrize(
    "end",
    [
        replace(GOOD, reference="R-2"),
        replace(GOOD, state="PARKED", next_step=False),
        replace(GOOD, state="RECEIVED"),
        replace(GOOD, state="VERIFIED"),
    ],
)
def test_what_is_not_there_or_goes_nowhere_is_lost(end: End) -> None:
    """Absent, without a next step, or still under way when all is calm."""
    assert 1 == _seen(_count(end))["lost"]


@pytest.mark.parametrize(
    "end",
    [
        replace(GOOD, fee=(124, 4_567)),
        replace(GOOD, fee=None),
        replace(GOOD, state="TO_REVIEW", reason="not_identified"),
        replace(GOOD, reason="not_identified"),
    ],
)
def test_another_outcome_or_fee_is_wrong(end: End) -> None:
    """To the cent, and a fee that nobody tells too."""
    assert 1 == _seen(_count(end))["wrong"]


def test_two_of_what_must_be_one_is_duplicated() -> None:
    """References for one key, decisions, or lines that decide."""
    assert 1 == _seen(_count(replace(GOOD, decisions=2)))["duplicated"]
    assert 1 == _seen(_count(replace(GOOD, lines=2)))["duplicated"]
    twice = _entry(references={"R-1", "R-2"})
    assert 1 == _seen(_count(GOOD, replace(GOOD, reference="R-2"), entry=twice))["duplicated"]


def test_what_nobody_handed_in_is_unexpected() -> None:
    """An application of the record under no promise."""
    assert 1 == _seen(_count(GOOD, replace(GOOD, reference="R-9")))["unexpected"]


def test_what_a_fault_left_waiting_is_told_apart() -> None:
    """Parked because the State was away, or quarantined: neither is as expected, nor wrong."""
    parked = replace(GOOD, state="PARKED", reason="provider_unavailable")
    for end in (parked, replace(GOOD, state="QUARANTINED", reason="never_finished")):
        assert {"accepted": 1, "waiting": 1} == _seen(_count(end))


def test_a_withdrawal_that_was_told_must_stand() -> None:
    """A portal that heard yes finds it withdrawn, whoever worked on it."""
    taken_back = _entry(withdrawn=True)
    assert 1 == _seen(_count(GOOD, entry=taken_back))["wrong"]
    gone = replace(GOOD, state="WITHDRAWN", decisions=0, lines=0, fee=None)
    assert 1 == _seen(_count(gone, entry=taken_back))["as_expected"]


def test_what_was_refused_is_counted_and_lost_to_nobody() -> None:
    """No promise was made."""
    assert {"refused": 1} == _seen(_count(entry=_entry(references=set(), refused=422)))


def test_an_event_again_is_no_disorder_and_a_later_one_first_is() -> None:
    """The same event may be heard twice, under one id; one place has one event."""
    good = {"a": [(1, "x"), (1, "x"), (3, "y")], "e": [(1, "x"), (2, "y"), (1, "x")]}
    bad = {"b": [(2, "x"), (1, "y")], "c": [(1, "x"), (1, "z")]}
    assert [] == out_of_order(good)
    assert ["b", "c"] == out_of_order(bad)


def test_an_event_that_was_never_heard_is_named() -> None:
    """By reference and sequence."""
    heard = {"a": [(1, "x")]}
    assert ["a 2", "b 1"] == untold(heard, [("a", 1, "x"), ("a", 2, "y"), ("b", 1, "z")])
