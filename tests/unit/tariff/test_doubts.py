"""Doubts: which certified figures a machine must not price, and which fee waits for a yes."""

from datetime import UTC, date, datetime
from typing import Any

import pytest

from services.tariff.doubts import Yes, doubt, needs_a_yes
from services.tariff.language.national import load_national_scale
from services.tariff.language.policies import Policy
from services.tariff.language.tariff import Tariff
from services.tariff.language.words import Missing
from shared.application import IdentityAssurance
from shared.decisions import CheckResult, Verdict
from shared.evidence import EajeFacts
from shared.states import SENTENCES, Reason
from tests.tariff_cases import qf, tax

_IN_ORDER: list[tuple[dict[str, Any], Reason]] = [
    ({"annual_resources_cents": None}, Reason.RESOURCES_UNKNOWN),
    ({"aeeh_children": 3}, Reason.DISABILITY_EXCEEDS_CHILDREN),
    ({"resources_year": 2025}, Reason.DOUBTFUL_YEAR),
    ({"child_listed": False}, Reason.CHILD_NOT_LISTED),
]


def _changed(facts: EajeFacts, **changes: Any) -> EajeFacts:
    return facts.model_copy(update=changes)


def _under(facts: EajeFacts, **changes: Any) -> tuple[EajeFacts, Tariff]:
    """Changed facts, and the national scale that they are priced under."""
    tariff = load_national_scale().in_force(date(2026, 9, 1))
    return _changed(facts, **changes), tariff


def test_certified_figures_as_expected_raise_no_doubt(facts: EajeFacts) -> None:
    """Two children, resources of N-2, the child among them."""
    assert doubt(*_under(facts)) is None


@pytest.mark.parametrize(("changes", "reason"), _IN_ORDER)
def test_each_doubt_is_named(facts: EajeFacts, changes: dict[str, Any], reason: Reason) -> None:
    """By a reason that has its sentence for the agent and for the family."""
    assert reason is doubt(*_under(facts, **changes))
    assert reason in SENTENCES


@pytest.mark.parametrize("first", range(len(_IN_ORDER)))
def test_the_first_doubt_speaks(facts: EajeFacts, first: int) -> None:
    """Of several, the one that an agent would check first."""
    changes = {name: value for each, _ in _IN_ORDER[first:] for name, value in each.items()}

    assert _IN_ORDER[first][1] is doubt(*_under(facts, **changes))


@pytest.mark.parametrize("children", [None, 0])
def test_a_household_without_a_count_of_children_is_unknown(
    facts: EajeFacts, children: int | None
) -> None:
    """No rate can be read for it."""
    assert Reason.RESOURCES_UNKNOWN is doubt(*_under(facts, children=children))


def test_resources_of_nothing_are_known(facts: EajeFacts) -> None:
    """Zero is a figure: the floor applies."""
    assert doubt(*_under(facts, annual_resources_cents=0)) is None


@pytest.mark.parametrize("aeeh", [None, 0, 1, 2])
def test_as_many_children_with_aeeh_as_children_is_possible(
    facts: EajeFacts, aeeh: int | None
) -> None:
    """Every child of two, or a count that was not given."""
    assert doubt(*_under(facts, aeeh_children=aeeh)) is None


@pytest.mark.parametrize(
    ("year", "doubtful"),
    [(2023, True), (2024, False), (2025, True), (2026, False), (2027, True), (None, True)],
)
def test_the_year_is_n_minus_2_or_the_current_one(
    facts: EajeFacts, year: int | None, *, doubtful: bool
) -> None:
    """The current year is how the MSA signs; asked in November 2026."""
    found = doubt(*_under(facts, resources_year=year))

    assert (Reason.DOUBTFUL_YEAR if doubtful else None) is found


def test_the_year_is_judged_on_the_day_of_the_fetch(facts: EajeFacts) -> None:
    """The same figures, fetched in January, are those of N-3."""
    january = facts.provenance.model_copy(update={"fetched_at": datetime(2027, 1, 1, tzinfo=UTC)})

    assert Reason.DOUBTFUL_YEAR is doubt(*_under(facts, provenance=january))


@pytest.mark.parametrize("missing", ["floor", "ceiling"])
def test_a_tariff_may_price_unknown_resources(facts: EajeFacts, missing: str) -> None:
    """It says at which bound; a household without children is looked at all the same."""
    tariff = _under(facts)[1]
    lenient = tariff.model_copy(update={"missing_data": Missing(missing)})
    unknown = _changed(facts, annual_resources_cents=None, resources_year=None)

    assert doubt(unknown, lenient) is None
    assert Reason.RESOURCES_UNKNOWN is doubt(_changed(unknown, children=None), lenient)


def test_a_tariff_says_which_doubts_it_sends_to_an_agent(facts: EajeFacts) -> None:
    """One that lists none but the year lets a child pass whom the fund does not list."""
    tariff = _under(facts)[1].model_copy(update={"policies": (Policy.DOUBTFUL_YEAR,)})

    assert doubt(_changed(facts, child_listed=False), tariff) is None
    assert Reason.DOUBTFUL_YEAR is doubt(_changed(facts, resources_year=2020), tariff)


@pytest.mark.parametrize(("year", "doubtful"), [(2023, True), (2024, False), (2025, False)])
def test_a_tax_notice_is_of_n_minus_2_or_of_last_year(year: int, *, doubtful: bool) -> None:
    """Asked in November 2026, when the notices of the summer are out."""
    found = doubt(tax(income_year=year), None)

    assert (Reason.DOUBTFUL_YEAR if doubtful else None) is found


def test_a_quotient_that_does_not_list_the_child_is_doubted() -> None:
    """As resources are."""
    assert Reason.CHILD_NOT_LISTED is doubt(qf(700, child_listed=False), None)
    assert doubt(qf(700), None) is None


@pytest.mark.parametrize("disability", [True, False])
@pytest.mark.parametrize("assurance", IdentityAssurance)
@pytest.mark.parametrize("automatic", [True, False])
@pytest.mark.parametrize("moved", [True, False])
def test_who_must_say_yes(
    assurance: IdentityAssurance, *, disability: bool, automatic: bool, moved: bool
) -> None:
    """Who asks first, then what is unsure, then the scheme, then the AEEH; else nobody."""
    declared = assurance is IdentityAssurance.DECLARED
    asks = [
        (declared and automatic, Reason.IDENTITY_UNCHECKED),
        (declared, Reason.AGENT_VALIDATES),
        (moved, Reason.RESIDENCE_TO_CHECK),
        (not automatic, Reason.AGENT_VALIDATES),
        (disability, Reason.DISABILITY_COUNTED),
    ]
    found = needs_a_yes(
        Yes(automatic=automatic, identity=assurance, moved=moved, disability=disability)
    )

    assert next((reason for asked, reason in asks if asked), None) is found


@pytest.mark.parametrize("automatic", [True, False])
@pytest.mark.parametrize("assurance", IdentityAssurance)
def test_a_fee_on_the_other_parents_file_waits_for_a_person(
    assurance: IdentityAssurance, *, automatic: bool
) -> None:
    """Whatever the scheme: two who do not live together are shown nothing of each other."""
    found = needs_a_yes(Yes(automatic=automatic, identity=assurance, others_file=True))

    assert Reason.OTHER_REPRESENTATIVE_FILE is found


def test_of_several_checks_the_first_speaks() -> None:
    """In the order in which an agent would look; a yes says nothing."""
    checks = tuple(
        CheckResult(check=name, verdict=verdict, evidence="Essai.")
        for name, verdict in [
            ("age", Verdict.YES),
            ("residence", Verdict.NO),
            ("income", Verdict.UNKNOWN),
        ]
    )
    asks = Yes(automatic=True, identity=IdentityAssurance.FRANCECONNECT, checks=checks)

    assert Reason.RESIDENCE_OUTSIDE is needs_a_yes(asks)
