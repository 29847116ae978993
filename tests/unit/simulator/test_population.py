"""The invented families: all kinds, always the same, and fit for the contract."""

import json
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from services.simulator.population.adults import Home
from services.simulator.population.enrolments import enrolment
from services.simulator.population.families import Family, family, season
from services.simulator.population.plans import BLOCK, Kind, kind_of
from services.simulator.population.register import Asked, Register, Role
from services.simulator.population.truths import truth
from shared.application import Application

SEED, ON = 7, date(2026, 9, 1)
MANY = 1_000


@pytest.fixture(scope="module")
def many() -> list[Family]:
    """Five blocks of families."""
    return [family(SEED, number, ON) for number in range(MANY)]


@pytest.fixture(scope="module")
def enrolments(many: list[Family]) -> list[dict[str, Any]]:
    """What they write."""
    return [enrolment(SEED, known, ON) for known in many]


def asked(known: Family) -> Asked:
    """The civil status of a family's applicant, as the register has it."""
    adult = known.household.applicant
    birth = adult.birth
    return Asked(
        adult.birth_name, adult.first_names, birth.year, birth.month, birth.day, adult.place.code
    )


@pytest.mark.parametrize("seed", [1, 7, 1_000_003])
def test_every_block_has_every_kind(seed: int) -> None:
    """Any 200 families that begin at a multiple of 200 hold each kind at least once."""
    for start in (0, BLOCK, 40 * BLOCK):
        assert set(Kind) == {kind_of(seed, start + place) for place in range(BLOCK)}


def test_a_family_stands_on_its_own(many: list[Family]) -> None:
    """Family 777 is the same computed alone as after all those before it."""
    assert many[777] == family(SEED, 777, ON)


def test_a_season_lasts_a_school_year() -> None:
    """Families change on 1 September, and on no other day."""
    assert date(2025, 9, 1) == season(date(2026, 8, 31))
    assert ON == season(date(2026, 9, 1)) == season(date(2027, 8, 31))


def test_enrolments_are_applications(enrolments: list[dict[str, Any]]) -> None:
    """Every enrolment is a body that intake accepts, as JSON."""
    for body in enrolments:
        Application.model_validate_json(json.dumps(body))


def test_no_two_enrolments_are_for_the_same_child(enrolments: list[dict[str, Any]]) -> None:
    """Child and applicant together name one enrolment only, first names included."""
    keys = {json.dumps([body["child"], body["applicant"]]) for body in enrolments}

    assert len(enrolments) == len(keys)


def test_truth_is_plain_json(many: list[Family]) -> None:
    """What is true of a family survives a round trip through JSON."""
    for known in many[:BLOCK]:
        assert truth(known) == json.loads(json.dumps(truth(known)))


def test_children_are_born_before_they_enrol(many: list[Family]) -> None:
    """The enrolled child is born by the start of the season, and ten weeks before the care."""
    for known in many:
        born = known.household.children[0].birth
        assert born <= ON
        assert (known.household.care.start - born).days >= 70


def test_listed_children_stay_under_seven(many: list[Family]) -> None:
    """Whatever the day of the season, only the kind that says so lacks a child under seven."""
    last_day = date(2027, 8, 31)
    for known in many:
        if known.file is None:
            continue
        youngest = max(str(child["date_naissance"]) for child in known.file.enfants)
        limit = last_day.replace(year=last_day.year - 7).isoformat()
        assert (known.kind is not Kind.NO_CHILD_UNDER_SEVEN) == (youngest > limit)


def test_families_are_of_all_sorts(many: list[Family]) -> None:
    """Couples, parents alone or separated, twins, partial births, one to six children."""
    households = [known.household for known in many]
    counts = Counter(len(home.children) for home in households)
    births = [{child.birth for child in home.children} for home in households]

    assert set(Home) == {home.home for home in households}
    assert {1, 2, 3, 4, 5} <= set(counts)
    assert max(counts) <= 6
    assert any(
        len(born) < len(home.children) for born, home in zip(births, households, strict=True)
    )
    assert any(home.applicant.birth.month == 0 for home in households)
    assert any(home.applicant.birth.month and not home.applicant.birth.day for home in households)
    assert any(home.applicant.usage_name for home in households)
    assert {"caf", "msa"} == {known.fund for known in many}
    assert any(len(home.applicant.first_names) > 3 for home in households)


@pytest.mark.parametrize("sign", ["é", "'", "’", "-", "Œ", " ", "ê"])
def test_names_have_the_signs_of_real_ones(enrolments: list[dict[str, Any]], sign: str) -> None:
    """Accents, apostrophes, hyphens, ligatures and spaces all occur in applicants' names."""
    assert any(sign in body["applicant"]["birth_name"] for body in enrolments)


def test_no_first_name_twice_among_siblings(many: list[Family]) -> None:
    """Twins are told apart by their first names."""
    for known in many:
        names = [child.first_names[0] for child in known.household.children]
        assert len(names) == len(set(names))


def test_resources_go_from_nothing_past_the_ceiling(many: list[Family]) -> None:
    """Some have nothing, some are below the floor, some above the ceiling, most between."""
    resources = [
        k.file.figures.resources for k in many if k.file and k.file.figures.resources is not None
    ]
    between = [each for each in resources if 9_776 < each < 102_000]

    assert 0 in resources
    assert min(each for each in resources if each) < 9_776
    assert max(resources) > 102_000
    assert len(between) > len(resources) * 3 // 4


def test_msa_sends_the_current_year(many: list[Family]) -> None:
    """The MSA's answers bear the current year, the CAF's the year before last."""
    usual = [k for k in many if k.file and k.kind is not Kind.DOUBTFUL_YEAR]

    backs = {(k.fund, k.file.figures.years_back) for k in usual if k.file}

    assert {("caf", 2), ("msa", 0)} == backs


def test_homonyms_share_all_but_the_birth_place(many: list[Family]) -> None:
    """A homonym bears the neighbour's names and birth date, was born elsewhere, and is found."""
    register = Register(SEED, MANY, ON)
    homonyms = [known for known in many if known.household.homonym]

    assert homonyms
    for known in homonyms:
        mine, theirs = known.household.applicant, many[known.number - 1].household.applicant
        assert replace(theirs, place=mine.place) == mine
        assert theirs.place != mine.place
        found = register.find(asked(known))
        assert found is not None
        assert known.number == found.number


def test_everybody_is_found_by_their_own_civil_status(many: list[Family]) -> None:
    """The register gives each applicant their own family, and never somebody else's."""
    register = Register(SEED, MANY, ON)

    found = [register.find(asked(known)) for known in many]

    assert [(n, Role.APPLICANT) for n in range(MANY)] == [(e.number, e.role) for e in found if e]


def test_the_mistyped_are_not_found(many: list[Family], enrolments: list[dict[str, Any]]) -> None:
    """The enrolment of a family that must not be identified names nobody of the register."""
    register = Register(SEED, MANY, ON)
    mistyped = [k for k in many if k.kind is Kind.NOT_IDENTIFIED]

    assert mistyped
    for known in mistyped:
        typed = enrolments[known.number]["applicant"]["birth_name"]
        assert register.find(replace(asked(known), birth_name=typed)) is None


@pytest.mark.parametrize(
    "change",
    [
        lambda _one: {"first_names": ("Personne",)},
        lambda one: {"year": one.year + 1},
        lambda one: {"month": one.month % 12 + 1},
        lambda _one: {"place": "99999"},
        lambda _one: {"year": 0, "month": 0, "day": 0},
    ],
    ids=["first name", "year", "month", "place", "no birth date"],
)
def test_a_wrong_field_finds_nobody(
    many: list[Family], change: Callable[[Asked], dict[str, Any]]
) -> None:
    """Each field that weighs prevents the match when it is wrong."""
    register = Register(SEED, BLOCK, ON)
    right = asked(next(k for k in many if k.household.applicant.birth.day))

    assert register.find(right) is not None
    assert register.find(replace(right, **change(right))) is None


def test_unknown_day_still_finds(many: list[Family]) -> None:
    """A day that is not given does not prevent the match."""
    register = Register(SEED, BLOCK, ON)
    right = asked(many[0])

    assert register.find(replace(right, day=0)) == register.find(right)


def test_the_child_not_listed_has_a_listed_sibling(many: list[Family]) -> None:
    """A file without the enrolled child still has a child under seven, born another day."""
    for known in (k for k in many if k.kind is Kind.CHILD_NOT_LISTED):
        assert known.file is not None
        own = known.household.children[0].birth.isoformat()
        assert own not in {child["date_naissance"] for child in known.file.enfants}
        assert known.file.enfants
