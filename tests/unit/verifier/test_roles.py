"""Roles: who is asked about next, from what was told before."""

import pytest

from services.verifier.roles import Role, next_asking
from shared.application import Application, IdentityAssurance
from shared.civil_status import CivilStatus
from shared.evidence import EAJE_SOURCE, QF_SOURCE, Forbidden, InputRefused
from shared.protocol.recording import Told
from shared.taxation import TAX_SOURCE

_LUC = CivilStatus.model_validate(
    {
        "birth_name": "Marchetti",
        "first_names": ["Luc"],
        "sex": "M",
        "birth": "1990-01-02",
        "birth_place": {"commune": "13004"},
    }
)
_OTHER = Role.OTHER.value


@pytest.fixture(name="household")
def _household(application: Application) -> Application:
    return application.model_copy(update={"other_representative": _LUC})


@pytest.mark.parametrize(
    ("told", "role"),
    [
        ([], Role.APPLICANT),
        ([Told("NoFile", None)], Role.OTHER),
        ([Told("NotIdentified", None)], Role.OTHER),
        ([Told("Certified", None)], Role.APPLICANT),
        ([Told("NoChildUnderSeven", None)], Role.APPLICANT),
        ([Told("Inconsistent", None)], Role.APPLICANT),
        ([Told("Busy", None)], Role.APPLICANT),
        ([Told("Unavailable", None), Told("NoFile", _OTHER)], Role.APPLICANT),
        ([Told("Busy", _OTHER), Told("NoFile", None)], Role.OTHER),
        ([Told("Unavailable", _OTHER), Told("NoFile", None)], Role.OTHER),
        ([Told("Forbidden", _OTHER), Told("NoFile", None)], Role.OTHER),
        ([Told("NoFile", _OTHER), Told("NoFile", None)], Role.APPLICANT),
        ([Told("Certified", _OTHER), Told("NoFile", None)], Role.APPLICANT),
        ([Told("NoFile", None), Told("NoFile", _OTHER)], Role.OTHER),
    ],
)
@pytest.mark.parametrize("source", [EAJE_SOURCE, QF_SOURCE])
def test_the_other_one_comes_after_the_applicant(
    household: Application, told: list[Told], role: Role, source: str
) -> None:
    """Only once the applicant was not found; each round begins with the applicant again."""
    asking = next_asking(household, source, told)

    assert role is asking.role
    assert asking.application.applicant == (household.applicant, _LUC)[role is Role.OTHER]
    assert asking.other_to_ask is (role is Role.APPLICANT)


@pytest.mark.parametrize("told", [[], [Told("NoFile", None)], [Told("Busy", _OTHER)]])
def test_nobody_else_is_asked_about_without_one_household(
    application: Application, told: list[Told]
) -> None:
    """Without another representative there is the applicant only, whatever was told."""
    asking = next_asking(application, EAJE_SOURCE, told)

    assert (application, Role.APPLICANT, False, None) == (
        asking.application,
        asking.role,
        asking.other_to_ask,
        asking.recorded,
    )


@pytest.mark.parametrize("source", [TAX_SOURCE, "registre-familles-v1"])
def test_only_the_counters_of_the_funds_are_asked_about_two(
    household: Application, source: str
) -> None:
    """The tax office has a number for each; an added provider sees the whole household."""
    asking = next_asking(household, source, [Told("NoFile", None)])

    assert (Role.APPLICANT, household) == (asking.role, asking.application)


def test_the_other_one_is_asked_about_as_a_stranger(household: Application) -> None:
    """The identity that was checked is the applicant's; nobody comes after the other one."""
    asked = next_asking(household, EAJE_SOURCE, [Told("NoFile", None)])

    assert IdentityAssurance.DECLARED is asked.application.identity_assurance
    assert asked.application.other_representative is None
    assert (_OTHER, True) == (asked.recorded, asked.applicant_without_file)
    assert household.child == asked.application.child


@pytest.mark.parametrize(("before", "known"), [("NoFile", True), ("NotIdentified", False)])
def test_what_was_told_of_the_applicant_is_remembered(
    household: Application, before: str, *, known: bool
) -> None:
    """Through busy moments, until the other one's answer."""
    told = [Told("Busy", _OTHER), Told(before, None)]

    assert known is next_asking(household, EAJE_SOURCE, told).applicant_without_file


def test_a_refused_field_is_named_where_it_stands(household: Application) -> None:
    """The family corrects the other representative's field, not the applicant's."""
    asked = next_asking(household, EAJE_SOURCE, [Told("NoFile", None)])
    refused = InputRefused(None, ("/applicant/birth", "/period"))

    assert ("/other_representative/birth", "/period") == getattr(
        asked.in_its_words(refused), "fields", None
    )
    assert Forbidden(None) == asked.in_its_words(Forbidden(None))
    assert refused == next_asking(household, EAJE_SOURCE, []).in_its_words(refused)
