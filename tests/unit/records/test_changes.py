"""The journal of settings: what is said of a change, and the chain that holds it."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

import pytest

from services.command.records.changes import (
    START,
    Change,
    Head,
    canonical,
    chain,
    differences,
    follow,
)

_AT = datetime(2026, 11, 24, 10, 0, tzinfo=UTC)
_CHANGES = [
    Change(_AT, "command:test", "authority", f"ville-{n}", canonical({"name": [None, f"V{n}"]}))
    for n in range(4)
]


def test_only_what_differs_is_said() -> None:
    """With what it was and what it is; what appears was nothing, what goes is nothing."""
    said = differences({"a": 1, "b": 2, "c": 3}, {"a": 1, "b": 5, "d": 4})

    assert {"b": [2, 5], "c": [3, None], "d": [None, 4]} == said


def test_lines_follow_one_another_without_a_gap() -> None:
    """However they are written: all at once, or one by one."""
    together = chain(_CHANGES, START)
    one_by_one, head = [], START
    for change in _CHANGES:
        one_by_one += chain([change], head)
        head = one_by_one[-1].head

    assert [1, 2, 3, 4] == [line.head.sequence for line in together]
    assert one_by_one == together
    assert (together[-1].head, None) == follow(together)


def test_the_time_is_the_instant_not_its_zone() -> None:
    """A database that answers in another zone breaks nothing."""
    paris = timezone(timedelta(hours=1))
    lines = [
        replace(line, change=replace(line.change, at=line.change.at.astimezone(paris)))
        for line in chain(_CHANGES, START)
    ]

    assert None is follow(lines)[1]


@pytest.mark.parametrize("field", ["actor", "kind", "code", "change", "at"])
def test_a_line_that_was_altered_is_named(field: str) -> None:
    """Whatever part of it."""
    lines = chain(_CHANGES, START)
    other = _AT + timedelta(seconds=1) if field == "at" else "{}"
    lines[1] = replace(lines[1], change=replace(lines[1].change, **{field: other}))  # type: ignore[arg-type]

    assert 2 == follow(lines)[1]


def test_a_line_taken_out_or_put_in_is_named() -> None:
    """By the sequence that should stand there."""
    lines = chain(_CHANGES, START)
    put_in = chain([_CHANGES[0]], Head(2, lines[1].head.hash))

    assert 3 == follow([*lines[:2], lines[3]])[1]
    assert 1 == follow(lines[1:])[1]
    assert 4 == follow([*lines[:2], *put_in, *lines[3:]])[1]
