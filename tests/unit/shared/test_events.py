"""Events: ids only, versioned, bounded."""

import json
from typing import Any
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from shared.events import LARGEST_DOORBELL, VERSION, Doorbell, is_too_new
from shared.states import Lane, Step

_IDS = st.lists(st.uuids(), min_size=1, max_size=LARGEST_DOORBELL)
_TRACES = st.none() | st.text("0123456789abcdef-", max_size=64)


def _content(**changes: Any) -> dict[str, Any]:
    content = {
        "version": 1,
        "step": "verify",
        "lane": "now",
        "habilitation": str(UUID(int=1)),
        "ids": [str(UUID(int=2))],
        "trace": None,
    }
    return {**content, **changes}


@given(st.sampled_from(Step), st.sampled_from(Lane), _IDS, _TRACES)
def test_a_doorbell_survives_the_queue(
    step: Step, lane: Lane, ids: list[UUID], trace: str | None
) -> None:
    """What is written as JSON is read back as the same doorbell."""
    bell = Doorbell(step=step, lane=lane, habilitation=uuid4(), ids=tuple(ids), trace=trace)

    assert bell == Doorbell.model_validate(json.loads(json.dumps(bell.model_dump(mode="json"))))


def test_the_first_version_is_read_for_ever() -> None:
    """These bytes may stand in a Redis that was there before the last upgrade."""
    assert Doorbell(
        step=Step.VERIFY, lane=Lane.NOW, habilitation=UUID(int=1), ids=(UUID(int=2),)
    ) == Doorbell.model_validate(_content())


def test_a_doorbell_says_its_version() -> None:
    """A later reader knows what it reads."""
    bell = Doorbell.model_validate({k: v for k, v in _content().items() if k != "version"})

    assert 1 == bell.model_dump()["version"]


@pytest.mark.parametrize(
    "changes",
    [
        {"version": 2},
        {"version": 0},
        {"version": "1"},
        {"ids": []},
        {"ids": [str(UUID(int=n)) for n in range(LARGEST_DOORBELL + 1)]},
        {"ids": ["Marchetti"]},
        {"habilitation": "demo"},
        {"step": "notify"},
        {"lane": "slow"},
        {"trace": "x" * 65},
    ],
)
def test_anything_else_is_refused(changes: dict[str, Any]) -> None:
    """Another version, none or too many ids, a name where an id belongs."""
    with pytest.raises(ValidationError):
        Doorbell.model_validate(_content(**changes))


def test_a_field_of_a_later_version_is_passed_over() -> None:
    """A producer that is upgraded first adds what we do not know: it is not in our way."""
    assert Doorbell.model_validate(_content()) == Doorbell.model_validate(_content(haste="high"))


def test_what_is_rung_is_the_first_version_to_the_letter() -> None:
    """The previous code refuses any field more: none is sent while the version is 1."""
    bell = Doorbell(step=Step.VERIFY, lane=Lane.NOW, habilitation=UUID(int=1), ids=(UUID(int=2),))

    assert _content() == bell.model_dump(mode="json")


@pytest.mark.parametrize(
    ("version", "too_new"), [(VERSION, False), (VERSION + 1, True), (None, False), ("new", False)]
)
def test_a_version_too_new_is_told(version: object, *, too_new: bool) -> None:
    """And only that: what is broken otherwise stays a bug."""
    assert too_new == is_too_new(_content(version=version))


def test_the_largest_doorbell_is_taken() -> None:
    """The bound itself is inside."""
    ids = [str(UUID(int=n)) for n in range(LARGEST_DOORBELL)]

    assert LARGEST_DOORBELL == len(Doorbell.model_validate(_content(ids=ids)).ids)


def test_a_doorbell_does_not_change() -> None:
    """It is a value: what is rung is what was made."""
    with pytest.raises(ValidationError):
        Doorbell.model_validate(_content()).lane = Lane.BULK  # type: ignore[misc]
