"""What each stage takes, refuses and becomes."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest
from pydantic import ValidationError

from services.intake.calendar_rules import refuse_impossible_dates
from services.intake.examples import (
    ADMISSION,
    ADMISSION_OF_A_NEWBORN,
    APPLICATION,
    PRE_REGISTRATION,
    PREGNANCY,
)
from services.intake.portals import Portal
from services.intake.problems import ProblemError
from services.intake.remedies import faults_of
from services.intake.repetition import same_application
from services.intake.stages import (
    Admission,
    Enrolment,
    Entry,
    Exchange,
    Handed,
    admitted,
    content_of,
    entry_of,
    same_admission,
)
from services.intake.wanted import Wanted
from shared.application import Application
from shared.pre_registration import PreRegistration
from shared.sealing import KeyRing
from shared.states import Reason, Status

_NOW = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)
_RING = KeyRing("k", {"k": b"k" * 32}, b"i" * 32)
_PORTAL = Portal(UUID(int=1), "arles", UUID(int=2), 60, _NOW)
_WANTED = Wanted(UUID(int=3), None, UUID(int=5))


def _pre(base: Any = PRE_REGISTRATION, **changes: Any) -> PreRegistration:
    return PreRegistration.model_validate({**base, **changes})


def _codes(base: Any, **changes: Any) -> list[tuple[str, str]]:
    with pytest.raises(ValidationError) as caught:
        _pre(base, **changes)
    return [(fault.pointer, fault.code) for fault in faults_of(caught.value)]


def _same(handed: Handed) -> bytes:
    return same_application(_RING, _PORTAL, _WANTED, handed)


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"pregnancy": {"expected_on": "2027-03-01"}}, ("/child", "child_or_pregnancy")),
        ({"child": None}, ("/child", "child_or_pregnancy")),
        (
            {"care": {"type": "collectif", "start": "2026-09-01", "instalments": 11}},
            ("/care/contract_hours", "half_a_contract"),
        ),
        (
            {"declared": {"annual_resources": "1", "children": 1, "disabled_children": 2}},
            ("/declared/disabled_children", "disabled_children"),
        ),
        *(
            (
                {"declared": {"annual_resources": wrong, "children": 1, "disabled_children": 0}},
                ("/declared/annual_resources", "euros"),
            )
            for wrong in (48000, 48000.5, "48000,00", "-1", "1e3", "48000.001", "", "1234567890")
        ),
    ],
)
def test_a_pre_registration_is_whole(changes: dict[str, Any], expected: tuple[str, str]) -> None:
    """One child, born or to come; a whole contract or none; exact euros; possible counts."""
    assert [expected] == _codes(PRE_REGISTRATION, **changes)


@pytest.mark.parametrize(
    ("expected_on", "start", "code"),
    [
        ("2026-09-01", "2027-09-01", "born_by_now"),
        ("2027-12-01", "2028-09-01", "expected_too_far"),
        ("2027-03-01", "2027-02-28", "care_before_birth"),
        ("2027-03-01", "2030-01-01", "care_too_far"),
    ],
)
def test_dates_of_a_pregnancy_make_sense(expected_on: str, start: str, code: str) -> None:
    """Neither born long ago nor in a year, nor cared for before the birth."""
    pre = _pre(
        PREGNANCY,
        pregnancy={"expected_on": expected_on},
        care={"type": "collectif", "start": start},
    )
    with pytest.raises(ProblemError) as caught:
        refuse_impossible_dates(pre, _NOW)

    assert [code] == [fault.code for fault in caught.value.problem.faults]


@pytest.mark.parametrize("expected_on", ["2026-09-25", "2026-11-23", "2027-09-01"])
def test_a_birth_may_be_late_or_far(expected_on: str) -> None:
    """A birth nobody has declared yet, and a pregnancy that has just begun."""
    care = {"type": "collectif", "start": "2027-09-15"}
    refuse_impossible_dates(
        _pre(PREGNANCY, pregnancy={"expected_on": expected_on}, care=care), _NOW
    )


@pytest.mark.parametrize(
    ("handed", "expected"),
    [
        (_pre(), Entry(Status.ESTIMATED)),
        (Enrolment.model_validate(dict(APPLICATION)), Entry(Status.RECEIVED)),
        (
            Enrolment.model_validate({**APPLICATION, "exchange": "documents"}),
            Entry(Status.TO_REVIEW, Reason.DOCUMENTS_CHOSEN),
        ),
    ],
)
def test_only_state_data_is_fetched(handed: Handed, expected: Entry) -> None:
    """A pre-registration and a family's papers wait for nobody's answer."""
    assert expected == entry_of(handed)
    assert (expected.status is Status.RECEIVED) == expected.due


def test_what_is_sealed_is_what_workers_read() -> None:
    """The way in is no part of an application, and a pre-registration reads back whole."""
    enrolment = Enrolment.model_validate({**APPLICATION, "exchange": "documents"})
    application = Application.model_validate_json(content_of(enrolment))

    assert Application.model_validate(dict(APPLICATION)) == application
    assert _pre() == PreRegistration.model_validate_json(content_of(_pre()))


def test_an_admission_makes_the_application() -> None:
    """What the family said once stays; structure, care and fund come from the admission."""
    pre = _pre(structure=None, care={"type": "micro_creche", "start": "2027-01-01"})
    application = admitted(pre, Admission.model_validate(dict(ADMISSION)), scheme="creches")

    assert (
        Enrolment.model_validate({**APPLICATION, "identity_assurance": "declared"}) == application
    )


@pytest.mark.parametrize(
    ("base", "child", "code"),
    [
        (PREGNANCY, None, "child_required"),
        (PRE_REGISTRATION, {**APPLICATION["child"], "first_names": ["Inès"]}, "child_changed"),
        (PRE_REGISTRATION, {**APPLICATION["child"], "birth": "2025-03-05"}, "child_changed"),
    ],
)
def test_a_child_is_given_once(base: Any, child: Any, code: str) -> None:
    """After a pregnancy it must be, and when it is known it does not change."""
    admission = Admission.model_validate({**ADMISSION, "child": child})
    with pytest.raises(ProblemError) as caught:
        admitted(_pre(base), admission, scheme="creches")

    assert [("/child", code)] == [(f.pointer, f.code) for f in caught.value.problem.faults]


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, True),
        ({"child": None}, True),
        ({"exchange": Exchange.DOCUMENTS}, True),
        ({"structure": "la-ribambelle"}, False),
        ({"care": {**ADMISSION_OF_A_NEWBORN["care"], "contract_hours": "1519.00"}}, False),
        ({"fund": "msa"}, False),
        ({"allocataire_number": "7654321"}, False),
        ({"child": APPLICATION["child"]}, False),
    ],
)
def test_the_same_admission_is_recognised(changes: dict[str, Any], *, expected: bool) -> None:
    """Every field counts; `exchange` stands in the journal, and a child may be left out."""
    first = Admission.model_validate(dict(ADMISSION_OF_A_NEWBORN))
    application = admitted(_pre(PREGNANCY), first, scheme="creches")
    again = Admission.model_validate({**ADMISSION_OF_A_NEWBORN, **changes})

    assert expected == same_admission(application, again)


def test_an_estimate_is_not_the_same_as_an_application() -> None:
    """Nor one pregnancy as another's; declared figures make no difference."""
    other = _pre(PREGNANCY, pregnancy={"expected_on": "2027-03-02"})
    richer = {"annual_resources": "50000", "children": 3, "disabled_children": 0}

    assert _same(Application.model_validate(dict(APPLICATION))) != _same(_pre())
    assert _same(_pre(PREGNANCY)) != _same(other)
    assert _same(_pre()) == _same(_pre(declared=richer))
