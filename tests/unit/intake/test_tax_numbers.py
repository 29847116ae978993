"""Tax numbers: where they must be given, where they are refused, and what they are kept out of."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

import pytest

from services.intake.catalogue import Catalogue
from services.intake.examples import (
    ADMISSION,
    APPLICATION,
    ON_DOCUMENTS,
    ON_TAX_DATA,
    PRE_REGISTRATION,
)
from services.intake.problems import Fault, ProblemError
from services.intake.stages import (
    Admission,
    Enrolment,
    Handed,
    admitted,
    content_of,
    same_admission,
    tax_numbers_of,
)
from shared.application import Application
from shared.pre_registration import PreRegistration

_ONE, _OTHER = "3000111222333", "3000444555666"
_STAGES = ("admission", "estimate")
_CATALOGUE = Catalogue(
    {
        "creches": (UUID(int=1), UUID(int=2), _STAGES, "eaje", {}),
        "tarif-local": (UUID(int=3), UUID(int=2), _STAGES, "tax", {}),
    },
    {"les-mesanges": (UUID(int=4), ("collectif",))},
)


def _faults(handed: Handed) -> list[Fault]:
    try:
        _CATALOGUE.wanted(handed)
    except ProblemError as refused:
        return list(refused.problem.faults)
    return []


def _enrolment(base: Mapping[str, Any] = ON_TAX_DATA, **changes: Any) -> Enrolment:
    return Enrolment.model_validate({**base, **changes})


@pytest.mark.parametrize("numbers", [[_ONE], [_ONE, _OTHER]])
def test_one_or_two_numbers_are_taken(numbers: list[str]) -> None:
    """Where the tax office will be asked, about one tax household or two."""
    assert [] == _faults(_enrolment(tax_numbers=numbers))


@pytest.mark.parametrize(
    ("handed", "place", "code"),
    [
        (_enrolment(tax_numbers=[]), "/tax_numbers", "tax_number_required"),
        (_enrolment(scheme="creches"), "/tax_numbers", "tax_number_unneeded"),
        (_enrolment(exchange="documents"), "/tax_numbers", "tax_number_unneeded"),
        (_enrolment(other_representative=None), "/tax_numbers/1", "tax_number_of_nobody"),
    ],
)
def test_numbers_come_where_they_serve(handed: Handed, place: str, code: str) -> None:
    """Missing where they are asked with, given where nobody asks, or of nobody: told in French."""
    [fault] = _faults(handed)

    assert (place, code) == (fault.pointer, fault.code)
    assert fault.detail.endswith(".")


@pytest.mark.parametrize(
    "handed",
    [
        _enrolment(APPLICATION),
        _enrolment(ON_DOCUMENTS, scheme="tarif-local"),
        PreRegistration.model_validate({**PRE_REGISTRATION, "scheme": "tarif-local"}),
    ],
)
def test_where_nobody_asks_the_tax_office_no_number_is_wanted(handed: Handed) -> None:
    """Another evidence, a family's papers, an estimate."""
    assert [] == _faults(handed)
    assert () == tax_numbers_of(handed)


def test_an_unknown_scheme_is_the_only_fault() -> None:
    """Whether its families give tax numbers, nobody knows."""
    assert ["unknown_scheme"] == [one.code for one in _faults(_enrolment(scheme="autre"))]


def test_numbers_are_in_no_dump() -> None:
    """Neither in what is sealed as the body, nor in any other: workers of before read it too."""
    enrolment = _enrolment()

    assert b"3000111222333" not in content_of(enrolment)
    assert b"tax_numbers" not in content_of(enrolment)
    assert "tax_numbers" not in enrolment.model_dump()
    assert "3000" not in f"{enrolment!r} {enrolment}"
    assert () == Application.model_validate_json(content_of(enrolment)).tax_numbers


@pytest.mark.parametrize(
    ("kept", "given", "expected"),
    [
        ([_ONE], [_ONE], True),
        ([_ONE], [_OTHER], False),
        ([_ONE], [], False),
        ([], [_ONE], True),  # destroyed: nothing is left to compare with
    ],
)
def test_the_same_admission_gives_the_same_numbers(
    kept: list[str], given: list[str], *, expected: bool
) -> None:
    """As long as they are kept."""
    pre = PreRegistration.model_validate(dict(PRE_REGISTRATION))
    first = Admission.model_validate({**ADMISSION, "tax_numbers": kept})
    again = Admission.model_validate({**ADMISSION, "tax_numbers": given})

    assert expected == same_admission(admitted(pre, first, scheme="tarif-local"), again)
