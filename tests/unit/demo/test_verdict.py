"""The verdict: what counts as lost, what as wrong, and the line of JSON that says so."""

from typing import Any

import pytest

from services.command.demo.oracle import Expected
from services.command.demo.verdict import STATES, Case, Verdict
from shared.states import Status

_DECIDED = Expected("DECIDED", None, 206, 28_428)
_PROPOSED = Expected("PROPOSED", "identity_unchecked", 206, 28_428)
_REVIEWED = Expected("TO_REVIEW", "not_identified")
_FEE = {"hourly_cents": 206, "monthly_cents": 28_428}


def _decided(**changes: Any) -> Case:
    values = {"state": "DECIDED", "reason": None, "decision": _FEE}
    return Case(_DECIDED, "B-1", **{**values, **changes})


_RIGHT = [
    _decided(),
    Case(_PROPOSED, "B-1", "PROPOSED", "identity_unchecked"),
    Case(_REVIEWED, "B-1", "TO_REVIEW", "not_identified"),
]
_LOST = [
    Case(_DECIDED, "B-1"),
    Case(_DECIDED, "B-1", "RECEIVED"),
    Case(_DECIDED, "B-1", "VERIFIED"),
]
_WRONG = [
    Case(_DECIDED, None),  # refused at the door, or never handed in
    _decided(decision=_FEE | {"hourly_cents": 207}),
    _decided(decision=_FEE | {"monthly_cents": None}),
    _decided(decision=None),  # decided, and no decision can be read
    _decided(reason="no_file"),
    Case(_DECIDED, "B-1", "TO_REVIEW", "not_identified"),
    Case(_REVIEWED, "B-1", "TO_REVIEW", "no_file"),
    Case(_REVIEWED, "B-1", "DECIDED", None, _FEE),
    Case(_PROPOSED, "B-1", "PROPOSED", "disability_counted"),
    Case(_DECIDED, "B-1", "QUARANTINED", "never_finished"),
]


@pytest.mark.parametrize(
    ("case", "lost", "wrong"),
    [(case, False, False) for case in _RIGHT]
    + [(case, True, False) for case in _LOST]
    + [(case, False, True) for case in _WRONG],
)
def test_a_case_is_right_lost_or_wrong(case: Case, *, lost: bool, wrong: bool) -> None:
    """Lost: accepted and never settled; wrong: settled elsewhere, or refused; never both."""
    assert (lost, wrong) == (case.lost, case.wrong)


def test_the_states_are_those_of_the_product_at_rest() -> None:
    """Every status but the two that a worker still has to act on."""
    moving = {Status.RECEIVED, Status.VERIFIED}

    assert {status.lower() for status in Status if status not in moving} == set(STATES)


def test_the_line_of_json_counts_each_state_once() -> None:
    """Handed in are those that intake accepted; the seconds have one decimal."""
    verdict = Verdict([*_RIGHT, *_LOST, *_WRONG], 12.3456)
    line = verdict.as_json()

    assert ["submitted", *STATES, "lost", "wrong", "seconds"] == list(line)
    assert 15 == line["submitted"]
    assert (3, 10, 12.3) == (line["lost"], line["wrong"], line["seconds"])
    at_rest = len(_RIGHT) + len(_WRONG) - 1
    assert at_rest == sum(line[state] for state in STATES)


def test_outcomes_are_counted_by_state_and_reason() -> None:
    """What was refused at the door or never found has no outcome."""
    verdict = Verdict([*_RIGHT, _decided(), Case(_DECIDED, None)], 1.0)

    assert {
        ("DECIDED", None): 2,
        ("PROPOSED", "identity_unchecked"): 1,
        ("TO_REVIEW", "not_identified"): 1,
    } == verdict.outcomes()
