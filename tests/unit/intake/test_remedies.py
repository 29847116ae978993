"""Every field, given every kind of wrong value, gets a French remedy at the right place."""

import copy
import json
from collections.abc import Iterator
from typing import Any

import pytest

from services.intake.examples import (
    APPLICATION,
    ON_DOCUMENTS,
    ON_TAX_DATA,
    ONE_HOUSEHOLD,
    PRE_REGISTRATION,
)
from services.intake.problems import Fault, ProblemError
from services.intake.reception import validated
from services.intake.remedies import FALLBACK, OUR_CODES, REMEDIES

_WRONG: list[Any] = [
    None,
    True,
    0,
    61,
    -1.5,
    10**30,
    "",
    " ",
    "x",
    "X1",
    "x" * 300,
    "2026-13-45",
    "2026-11-20T25:00:00Z",
    "2026-02-30T09:00:00Z",
    "2026-11-20T09:00:00",
    "1693526400",
    "1e3",
    "NaN",
    "1899",
    "1990-13",
    "１９９２",
    [],
    ["x"] * 11,
    [1],
    {},
    {"country": "99100"},
]


def _places(value: object, at: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    yield at
    if isinstance(value, dict):
        for key, content in value.items():
            yield from _places(content, (*at, key))
    if isinstance(value, list):
        for place, content in enumerate(value):
            yield from _places(content, (*at, place))


def _with(example: dict[str, Any], place: tuple[str | int, ...], wrong: object) -> Any:
    if not place:
        return wrong
    body: Any = copy.deepcopy(example)
    inside = body
    for part in place[:-1]:
        inside = inside[part]
    inside[place[-1]] = wrong
    return body


def _faults(body: object) -> list[Fault]:
    try:
        validated(body if isinstance(body, dict) else {}, json.dumps(body).encode())
    except ProblemError as refused:
        return list(refused.problem.faults)
    return []


def _all_faults() -> Iterator[tuple[str, Fault]]:
    for example in map(dict, (ONE_HOUSEHOLD, ON_DOCUMENTS, ON_TAX_DATA, PRE_REGISTRATION)):
        for place in _places(example):
            for wrong in _WRONG:
                yield from _faults_at(example, place, wrong)
    yield from _faults_at(dict(ONE_HOUSEHOLD), ("care", "end"), "2020-01-01")
    yield from _faults_at(dict(PRE_REGISTRATION), ("declared", "disabled_children"), 3)
    yield from _faults_at(dict(ONE_HOUSEHOLD), ("care", "hours_a_week"), "33.00")
    yield from _faults_at(_reserved_by_the_week(), ("care", "contract_hours"), "1.00")


def _reserved_by_the_week() -> dict[str, Any]:
    """46 weeks of 33 hours are 1 518 hours."""
    care = {**ONE_HOUSEHOLD["care"], "hours_a_week": "33.00", "weeks": 46}
    return {**ONE_HOUSEHOLD, "care": care}


def _faults_at(
    example: dict[str, Any], place: tuple[str | int, ...], wrong: object
) -> Iterator[tuple[str, Fault]]:
    for fault in _faults(_with(example, place, wrong)):
        yield "".join(f"/{part}" for part in place), fault


@pytest.fixture(scope="module")
def faults() -> list[tuple[str, Fault]]:
    return list(_all_faults())


def test_every_error_has_its_remedy(faults: list[tuple[str, Fault]]) -> None:
    """No wrong value falls back on the sentence for what nobody foresaw."""
    assert set() == {(place, f.code) for place, f in faults if f.detail == FALLBACK}


def test_no_remedy_is_idle(faults: list[tuple[str, Fault]]) -> None:
    """Each remedy of the tables is said for some wrong value: the schema raises no other type."""
    assert {*REMEDIES, *OUR_CODES} == {f.code for _, f in faults} | {"extra_forbidden"}


def test_remedies_are_french(faults: list[tuple[str, Fault]]) -> None:
    """No English word of pydantic's own messages comes through."""
    said = {f.detail for _, f in faults}

    assert [] == [s for s in said if any(w in s for w in ("should", "Input", "valid ", " or "))]


def test_a_fault_points_at_what_was_wrong(faults: list[tuple[str, Fault]]) -> None:
    """The pointer is the place that was made wrong, or lies below it, or beside it in a rule."""
    beside = {
        "birth_commune",
        "care_dates",
        "child_or_pregnancy",
        "half_a_contract",
        "hours_disagree",
    }

    assert [] == [
        (place, f)
        for place, f in faults
        if not f.pointer.startswith(place) and f.code not in beside
    ]


def test_an_unknown_field_is_named() -> None:
    """A field that does not exist is pointed at by its name."""
    [fault] = _faults({**APPLICATION, "quotient": 1})

    assert ("/quotient", "extra_forbidden") == (fault.pointer, fault.code)


def test_an_unknown_field_that_is_no_name_is_not_repeated() -> None:
    """A key that could be anything a family typed is told at its object only."""
    child = {**APPLICATION["child"], "Zoé née à Arles": 1}
    [fault] = _faults({**APPLICATION, "child": child})

    assert "/child" == fault.pointer


def test_a_refused_first_name_is_one_fault() -> None:
    """A list is not called too short because its only element was refused."""
    child = {**APPLICATION["child"], "first_names": ["Zoé2"]}
    [fault] = _faults({**APPLICATION, "child": child})

    assert ("/child/first_names/0", "name_charset") == (fault.pointer, fault.code)


def test_what_was_typed_is_never_repeated(faults: list[tuple[str, Fault]]) -> None:
    """A remedy holds none of the wrong values."""
    typed = [w for w in _WRONG if isinstance(w, str) and len(w) > 1] + ["1899"]

    assert [] == [(w, f) for w in typed for _, f in faults if w in f.detail]
