"""An application: what a portal hands in, kept as it was said and refused in French."""

import json
from decimal import Decimal
from functools import reduce
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from shared.application import Application

_HOURS = st.decimals("0.01", "99999.99", places=2).map(str)


@pytest.fixture(scope="module")
def content(application: Application) -> dict[str, Any]:
    """The JSON of an application."""
    said: dict[str, Any] = application.model_dump(mode="json")
    return said


def _changed(content: dict[str, Any], pointer: str, value: object) -> dict[str, Any]:
    copy: dict[str, Any] = json.loads(json.dumps(content))
    *folders, last = pointer.strip("/").split("/")
    reduce(lambda here, name: here[name], folders, copy)[last] = value
    return copy


def _refusals(content: dict[str, Any]) -> list[tuple[str, str]]:
    with pytest.raises(ValidationError) as refused:
        Application.model_validate(content)
    return [("/".join(map(str, e["loc"])), e["msg"]) for e in refused.value.errors()]


def test_an_application_survives_its_json(application: Application) -> None:
    """What is sealed is opened as what was handed in."""
    assert application == Application.model_validate_json(application.model_dump_json())


@given(_HOURS)
def test_hours_are_never_a_float(hours: str) -> None:
    """They are written between quotes, kept exactly, and written back between quotes."""
    care = {"type": "collectif", "start": "2026-09-01", "instalments": 11, "contract_hours": hours}
    adapter = Application.model_fields["care"].annotation
    assert adapter is not None
    read = adapter.model_validate(care)

    assert Decimal(hours) == read.contract_hours
    assert hours == read.model_dump(mode="json")["contract_hours"]


@pytest.mark.parametrize(
    "hours",
    [1518.0, 1518, "1518,00", "1518.005", "-1.00", "0", "0.00", "1e3", "NaN", "", None, "١٢", True],
)
def test_what_is_not_hours_is_refused(content: dict[str, Any], hours: object) -> None:
    """A JSON number would pass through a float; the remedy shows the form."""
    [(where, remedy)] = _refusals(_changed(content, "/care/contract_hours", hours))

    assert "care/contract_hours" == where
    assert '"1518.00"' in remedy


@pytest.mark.parametrize(
    "moment", [1763631000, "1763631000", "2026-11-20", "2026-11-20T09:30:00", "hier", None]
)
def test_a_moment_has_its_zone(content: dict[str, Any], moment: object) -> None:
    """Without one nobody knows when the family was told."""
    [(where, _)] = _refusals(_changed(content, "/notice/shown_at", moment))

    assert "notice/shown_at" == where


def test_care_does_not_end_before_it_starts(content: dict[str, Any]) -> None:
    """The same day is allowed; the day before is refused with a remedy."""
    Application.model_validate(_changed(content, "/care/end", content["care"]["start"]))
    [(where, remedy)] = _refusals(_changed(content, "/care/end", "2026-08-31"))

    assert "care" == where
    assert "vérifiez les deux dates" in remedy


@pytest.mark.parametrize(
    ("pointer", "value"),
    [
        ("/scheme", "Crèches"),
        ("/scheme", "a" * 65),
        ("/structure", "les--mesanges"),
        ("/care/type", "garderie"),
        ("/care/instalments", 0),
        ("/care/instalments", 61),
        ("/care/instalments", "11"),
        ("/care/start", 1756684800),
        ("/identity_assurance", "oui"),
        ("/address/postcode", "1320"),
        ("/address/line", "   "),
        ("/address/commune", "13200a"),
        ("/fund", "mutuelle"),
        ("/allocataire_number", "123"),
        ("/notice/version", ""),
        ("/child/birth", None),
        ("/income", 48000),
    ],
)
def test_what_does_not_belong_is_refused(
    content: dict[str, Any], pointer: str, value: object
) -> None:
    """At its place, and nowhere else."""
    assert [pointer.strip("/")] == [
        where for where, _ in _refusals(_changed(content, pointer, value))
    ]


@pytest.mark.parametrize("number", ["1234567", "1234567A"])
def test_an_allocataire_number_may_carry_its_letter(content: dict[str, Any], number: str) -> None:
    """As the CAF prints it."""
    read = Application.model_validate(_changed(content, "/allocataire_number", number))

    assert number == read.allocataire_number


def test_an_application_does_not_change(application: Application) -> None:
    """What the family said is what is kept."""
    with pytest.raises(ValidationError):
        application.structure = "ailleurs"  # type: ignore[misc]
