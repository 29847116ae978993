"""An application: what a portal hands in, kept as it was said and refused in French."""

import json
from decimal import Decimal
from functools import reduce
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from shared.application import Application, Care

_HOURS = st.decimals("0.01", "99999.99", places=2).map(str)

_BY_THE_WEEK = {"hours_a_week": "33.00", "weeks": 46, "closure_hours": "33.00", "instalments": 11}


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
    [1518.0, 1518, "1518,00", "1518.005", "-1.00", "0", "0.00", "1e3", "NaN", "", "١٢", True],
)
def test_what_is_not_hours_is_refused(content: dict[str, Any], hours: object) -> None:
    """A JSON number would pass through a float; the remedy shows the form."""
    [(where, remedy)] = _refusals(_changed(content, "/care/contract_hours", hours))

    assert "care/contract_hours" == where
    assert '"1518.00"' in remedy


def _care(**said: object) -> Care:
    return Care.model_validate({"type": "collectif", "start": "2026-09-01", **said})


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ({}, "contract_hours_required"),
        ({"contract_hours": None, "instalments": 11}, "contract_hours_required"),
        ({"contract_hours": "1518.00"}, "instalments_required"),
        ({"hours_a_week": "33.00", "weeks": 46}, "instalments_required"),
        ({"type": "periscolaire", "instalments": 10}, "contract_hours_required"),
        ({"type": "restauration", "contract_hours": "140.00"}, "instalments_required"),
        ({"hours_a_week": "33.00", "instalments": 11}, "half_a_week"),
        ({"weeks": 46, "contract_hours": "1518.00", "instalments": 11}, "half_a_week"),
        ({"closure_hours": "8.00", "contract_hours": "9.00", "instalments": 1}, "half_a_week"),
        ({**_BY_THE_WEEK, "contract_hours": "1518.00"}, "hours_disagree"),
        ({**_BY_THE_WEEK, "contract_hours": "1485.01"}, "hours_disagree"),
        ({**_BY_THE_WEEK, "closure_hours": "1518.00"}, "hours_disagree"),
    ],
)
def test_hours_that_are_not_whole_or_do_not_agree_are_refused(
    said: dict[str, object], code: str
) -> None:
    """To the hundredth of an hour, and where the price is by the hour both numbers are needed."""
    with pytest.raises(ValidationError) as refused:
        _care(**said)

    assert [code] == [error["type"] for error in refused.value.errors()]


@pytest.mark.parametrize(
    ("said", "hours"),
    [
        (_BY_THE_WEEK, Decimal("1485.00")),
        ({**_BY_THE_WEEK, "contract_hours": "1485.00"}, Decimal("1485.00")),
        ({"contract_hours": "1518.00", "instalments": 11}, Decimal("1518.00")),
        ({"type": "periscolaire"}, None),
        ({"type": "aide"}, None),
    ],
)
def test_the_hours_of_a_contract_are_given_or_follow(
    said: dict[str, object], hours: Decimal | None
) -> None:
    """33 h a week, 46 weeks, 33 h of closure: 1 485 h; care of other kinds may leave them out."""
    assert hours == _care(**said).hours


def test_what_is_not_said_is_not_written(application: Application) -> None:
    """Workers of the release before read what is sealed while the new one takes over."""
    assert {"type", "start", "end", "contract_hours", "instalments"} == set(
        json.loads(application.model_dump_json())["care"]
    )
    assert 46 == json.loads(_care(**_BY_THE_WEEK).model_dump_json())["weeks"]


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
