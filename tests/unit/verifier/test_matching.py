"""Matching before believing: who is listed, and which single point leaves a doubt."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from services.verifier.provider.matching import Doubt, child_listed, doubt_about
from services.verifier.provider.wire import WireHousehold
from shared.application import Application
from shared.civil_status import Child, CivilStatus

_CASES = yaml.safe_load((Path(__file__).parents[2] / "cases" / "matching.yaml").read_text("utf-8"))
_BORN_IN_DAKAR = {"birth_place": {"country": "99341"}}
_AMINATA = {
    "nom_naissance": "LO",
    "prenoms": "AMINATA ROSE",
    "date_naissance": "1992-07-19",
    "sexe": "F",
}
_ZOE = {"nom_naissance": "MARCHETTI LO", "prenoms": "ZOE", "date_naissance": "2025-03-04"}


def _file(*allocataires: dict[str, Any], enfants: tuple[dict[str, Any], ...] = ()) -> WireHousehold:
    return WireHousehold.model_validate(
        {"allocataires": list(allocataires), "enfants": list(enfants)}
    )


@pytest.mark.parametrize(
    "change",
    [
        {},
        {"nom_naissance": "MARCHETTI", "nom_usage": "LÔ"},
        {"prenoms": "ROSE"},
        {"prenoms": "MARIE AMINATA"},
        {"date_naissance": "1992-07-00"},
        {"date_naissance": "1992-00-00"},
        {"sexe": None},
    ],
    ids=str,
)
def test_the_applicant_is_recognised(application: Application, change: dict[str, Any]) -> None:
    """Case, accents, usage names, some first names and partial dates do not hide somebody."""
    assert doubt_about(application.applicant, _file(_AMINATA | change)) is None


@pytest.mark.parametrize(
    ("change", "doubt"),
    [
        ({"nom_naissance": "LOUP"}, Doubt.NAME_UNCONFIRMED),
        ({"nom_naissance": None}, Doubt.NAME_UNCONFIRMED),
        ({"prenoms": "AMINATOU"}, Doubt.FIRST_NAMES_UNCONFIRMED),
        ({"prenoms": ""}, Doubt.FIRST_NAMES_UNCONFIRMED),
        ({"date_naissance": "1992-07-18"}, Doubt.BIRTH_UNCONFIRMED),
        ({"date_naissance": "1992-06-00"}, Doubt.BIRTH_UNCONFIRMED),
        ({"date_naissance": "0000-00-00"}, Doubt.BIRTH_UNCONFIRMED),
        ({"sexe": "M"}, Doubt.SEX_UNCONFIRMED),
        ({"prenoms": "ANNA", "sexe": "M"}, Doubt.APPLICANT_NOT_LISTED),
    ],
    ids=str,
)
def test_what_differs_or_is_unknown_is_the_doubt(
    application: Application, change: dict[str, Any], doubt: Doubt
) -> None:
    """One open point is named; two make somebody else."""
    assert doubt is doubt_about(application.applicant, _file(_AMINATA | change))


def test_the_second_allocataire_counts_too(application: Application) -> None:
    """The applicant may be listed after the other parent."""
    other = {"nom_naissance": "MARCHETTI", "prenoms": "LUC", "date_naissance": "1990-01-02"}

    assert doubt_about(application.applicant, _file(other, _AMINATA)) is None


def test_nobody_listed_is_a_doubt(application: Application) -> None:
    """A file without allocataires says nothing about whose it is."""
    assert Doubt.ALLOCATAIRES_MISSING is doubt_about(application.applicant, _file())


def test_an_asked_birth_year_matches_a_full_date() -> None:
    """Someone who knows only their birth year is recognised by it."""
    person = CivilStatus.model_validate(
        {
            "birth_name": "Lô",
            "first_names": ["Aminata"],
            "sex": "F",
            "birth": "1992",
            "birth_place": {"country": "99341"},
        }
    )

    assert doubt_about(person, _file(_AMINATA)) is None


@pytest.mark.parametrize(
    ("change", "listed"),
    [
        ({}, True),
        ({"nom_naissance": "LO"}, True),
        ({"prenoms": "ZOE AMINATA"}, True),
        ({"prenoms": None}, True),
        ({"date_naissance": "2025-03-00"}, True),
        ({"date_naissance": None}, True),
        ({"prenoms": "LEO"}, False),
        ({"prenoms": "ZOELINE"}, False),
        ({"date_naissance": "2025-03-05"}, False),
        ({"prenoms": None, "nom_naissance": "LO"}, False),
        ({"date_naissance": None, "nom_naissance": "LO"}, False),
        ({"date_naissance": None, "prenoms": None}, False),
    ],
    ids=str,
)
def test_a_child_is_listed_when_two_points_agree(
    application: Application, change: dict[str, Any], *, listed: bool
) -> None:
    """A date and a first name never differ; the name may be the other parent's."""
    data = _file(_AMINATA, enfants=(_ZOE | change,))

    assert listed is child_listed(application.child, data)


def test_a_twin_is_not_the_other_one() -> None:
    """Twins share name, date and often a second first name."""
    twin = Child.model_validate(
        {"birth_name": "Marchetti-Lô", "first_names": ["Léo", "Zoé"], "birth": "2025-03-04"}
    )

    assert not child_listed(twin, _file(_AMINATA, enfants=(_ZOE,)))


@pytest.mark.parametrize("case", _CASES["adults"], ids=lambda case: case["claim"])
def test_whose_answer_it_is(case: dict[str, Any]) -> None:
    """Each case of the table has its doubt, or none."""
    asked = {**_BORN_IN_DAKAR, **case["asked"], "birth": str(case["asked"]["birth"])}

    doubt = doubt_about(CivilStatus.model_validate(asked), _file(*case["listed"]))

    assert case["doubt"] == doubt


@pytest.mark.parametrize("case", _CASES["children"], ids=lambda case: case["claim"])
def test_whether_the_child_is_of_the_family(case: dict[str, Any]) -> None:
    """Each case of the table finds the child, as one of those listed and no other."""
    child = Child.model_validate(case["asked"])

    assert case["found"] is child_listed(child, _file(_AMINATA, enfants=tuple(case["listed"])))


def test_every_doubt_has_its_case() -> None:
    """No doubt is there that the table does not show."""
    assert set(Doubt) == {case["doubt"] for case in _CASES["adults"]} - {None}
