"""What makes a measure void: an application elsewhere, at another fee, lost, or decided twice."""

from typing import TYPE_CHECKING, cast
from uuid import UUID, uuid4

import pytest

from benchmarks.speed.families import Family, cycled
from benchmarks.speed.judging import Rest, faults
from services.command.demo.oracle import Expected

if TYPE_CHECKING:
    from shared.application import Application

_ID = uuid4()
_DECIDED = Expected("DECIDED", None, 169, 20_280)
_ANYBODY = cast("Application", None)  # what a family wrote is not looked at
_AT_REST = Rest("DECIDED", None)
_UNPRICED = Expected("TO_REVIEW", "not_identified")


def _wrong(
    expected: Expected,
    *,
    rest: Rest | None = _AT_REST,
    fee: tuple[int, int] | None = (169, 20_280),
    times: int = 1,
) -> list[str]:
    planted = {_ID: Family(_ANYBODY, expected)}
    rests: dict[UUID, Rest] = {} if rest is None else {_ID: rest}
    return list(faults(planted, rests, {} if fee is None else {_ID: fee}, {_ID: times}))


def test_what_came_to_what_the_oracle_expects_is_sound() -> None:
    """The state, the reason, both amounts and the one decision; or none where none is due."""
    assert [] == _wrong(_DECIDED)
    assert [] == _wrong(_UNPRICED, rest=Rest("TO_REVIEW", "not_identified"), fee=None, times=0)


@pytest.mark.parametrize(
    "came_to",
    [
        {"rest": None},
        {"rest": Rest("PROPOSED", None)},
        {"rest": Rest("DECIDED", "author_missing")},
        {"fee": (170, 20_280)},
        {"fee": (169, 20_281)},
        {"fee": None},
        {"times": 2},
        {"times": 0},
    ],
)
def test_anything_else_makes_the_measure_void(came_to: dict[str, object]) -> None:
    """Lost, elsewhere, for another reason, at another fee, twice, or without its decision."""
    assert 1 == len(_wrong(_DECIDED, **came_to))  # type: ignore[arg-type]


def test_a_decision_that_was_not_due_makes_it_void() -> None:
    """A family whom nobody could price has none."""
    rest = Rest("TO_REVIEW", "not_identified")

    assert 1 == len(_wrong(_UNPRICED, rest=rest, fee=None, times=1))


def test_families_come_again_when_all_have_come() -> None:
    """A drain may be longer than the population."""
    known = [
        Family(_ANYBODY, _DECIDED),
        Family(_ANYBODY, _UNPRICED),
    ]

    assert [_DECIDED, _UNPRICED, _DECIDED] == [one.expected for one in cycled(known, 3)]
