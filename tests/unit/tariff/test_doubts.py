"""Doubts: which certified figures a machine must not price, and which fee waits for a yes."""

from datetime import UTC, datetime
from typing import Any

import pytest

from services.tariff.doubts import doubt, needs_a_yes
from shared.application import Application, IdentityAssurance
from shared.evidence import EajeFacts
from shared.states import SENTENCES, Reason

_IN_ORDER: list[tuple[dict[str, Any], Reason]] = [
    ({"annual_resources_cents": None}, Reason.RESOURCES_UNKNOWN),
    ({"aeeh_children": 3}, Reason.DISABILITY_EXCEEDS_CHILDREN),
    ({"resources_year": 2025}, Reason.DOUBTFUL_YEAR),
    ({"child_listed": False}, Reason.CHILD_NOT_LISTED),
]


def _changed(facts: EajeFacts, **changes: Any) -> EajeFacts:
    return facts.model_copy(update=changes)


def test_certified_figures_as_expected_raise_no_doubt(facts: EajeFacts) -> None:
    """Two children, resources of N-2, the child among them."""
    assert doubt(facts) is None


@pytest.mark.parametrize(("changes", "reason"), _IN_ORDER)
def test_each_doubt_is_named(facts: EajeFacts, changes: dict[str, Any], reason: Reason) -> None:
    """By a reason that has its sentence for the agent and for the family."""
    assert reason is doubt(_changed(facts, **changes))
    assert reason in SENTENCES


@pytest.mark.parametrize("first", range(len(_IN_ORDER)))
def test_the_first_doubt_speaks(facts: EajeFacts, first: int) -> None:
    """Of several, the one that an agent would check first."""
    changes = {name: value for each, _ in _IN_ORDER[first:] for name, value in each.items()}

    assert _IN_ORDER[first][1] is doubt(_changed(facts, **changes))


@pytest.mark.parametrize("children", [None, 0])
def test_a_household_without_a_count_of_children_is_unknown(
    facts: EajeFacts, children: int | None
) -> None:
    """No rate can be read for it."""
    assert Reason.RESOURCES_UNKNOWN is doubt(_changed(facts, children=children))


def test_resources_of_nothing_are_known(facts: EajeFacts) -> None:
    """Zero is a figure: the floor applies."""
    assert doubt(_changed(facts, annual_resources_cents=0)) is None


@pytest.mark.parametrize("aeeh", [None, 0, 1, 2])
def test_as_many_children_with_aeeh_as_children_is_possible(
    facts: EajeFacts, aeeh: int | None
) -> None:
    """Every child of two, or a count that was not given."""
    assert doubt(_changed(facts, aeeh_children=aeeh)) is None


@pytest.mark.parametrize(
    ("year", "doubtful"),
    [(2023, True), (2024, False), (2025, True), (2026, False), (2027, True), (None, True)],
)
def test_the_year_is_n_minus_2_or_the_current_one(
    facts: EajeFacts, year: int | None, *, doubtful: bool
) -> None:
    """The current year is how the MSA signs; asked in November 2026."""
    found = doubt(_changed(facts, resources_year=year))

    assert (Reason.DOUBTFUL_YEAR if doubtful else None) is found


def test_the_year_is_judged_on_the_day_of_the_fetch(facts: EajeFacts) -> None:
    """The same figures, fetched in January, are those of N-3."""
    january = facts.provenance.model_copy(update={"fetched_at": datetime(2027, 1, 1, tzinfo=UTC)})

    assert Reason.DOUBTFUL_YEAR is doubt(_changed(facts, provenance=january))


@pytest.mark.parametrize("aeeh", [None, 0, 1])
@pytest.mark.parametrize("assurance", IdentityAssurance)
@pytest.mark.parametrize("automatic", [True, False])
def test_who_must_say_yes(
    application: Application,
    facts: EajeFacts,
    *,
    aeeh: int | None,
    assurance: IdentityAssurance,
    automatic: bool,
) -> None:
    """The scheme first, then the identity, then the AEEH; nobody when none of them asks."""
    asks = [
        (not automatic, Reason.AGENT_VALIDATES),
        (assurance is IdentityAssurance.DECLARED, Reason.IDENTITY_UNCHECKED),
        (aeeh == 1, Reason.DISABILITY_COUNTED),
    ]
    family = application.model_copy(update={"identity_assurance": assurance})
    found = needs_a_yes(family, _changed(facts, aeeh_children=aeeh), automatic=automatic)

    assert next((reason for asked, reason in asks if asked), None) is found


@pytest.mark.parametrize("automatic", [True, False])
@pytest.mark.parametrize("aeeh", [0, 1])
def test_a_fee_on_the_other_parents_file_waits_for_a_person(
    application: Application, facts: EajeFacts, *, automatic: bool, aeeh: int
) -> None:
    """Whatever the scheme: two who do not live together are shown nothing of each other."""
    facts = _changed(facts, aeeh_children=aeeh)

    found = needs_a_yes(application, facts, automatic=automatic, others_file=True)

    assert Reason.OTHER_REPRESENTATIVE_FILE is found
