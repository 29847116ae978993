"""Admissibility: yes, no or unknown, each with the sentence that says on what."""

from datetime import date
from typing import Any

import pytest

from services.tariff.admissibility.entry import Candidate, checks_of, months_between
from shared.application import Application
from shared.decisions import CheckResult, Verdict
from shared.evidence import EajeFacts, Facts
from shared.scheme_rules import AgeAtEntry, SchemeRules
from shared.taxation import FiscalAddress, TaxStatus
from tests.tariff_cases import qf, tax

_ARLES, _TARASCON = "13004", "13108"


def _checks(
    application: Application, facts: Facts, *, on: date = date(2026, 9, 1), **rules: Any
) -> dict[str, CheckResult]:
    candidate = Candidate(application=application, facts=facts, on=on)
    return {one.check: one for one in checks_of(candidate, SchemeRules.model_validate(rules))}


def _verdict(check: str, application: Application, facts: Facts, **rules: Any) -> Verdict:
    return _checks(application, facts, **rules)[check].verdict


def test_what_no_rule_asks_is_not_checked(application: Application, facts: EajeFacts) -> None:
    """Without rules, the fund's list of children alone is looked at."""
    assert ["child_in_household"] == list(_checks(application, facts))
    assert {} == _checks(application, tax())


@pytest.mark.parametrize(
    ("birth", "at", "months"),
    [
        (date(2025, 3, 4), date(2026, 9, 3), 17),
        (date(2025, 3, 4), date(2026, 9, 4), 18),
        (date(2025, 1, 31), date(2025, 2, 27), 0),
        (date(2025, 1, 31), date(2025, 2, 28), 1),
        (date(2024, 2, 29), date(2025, 2, 28), 12),
        (date(2025, 12, 31), date(2025, 12, 31), 0),
    ],
)
def test_age_is_in_whole_months(birth: date, at: date, months: int) -> None:
    """A month has no less than its last day."""
    assert months == months_between(birth, at)


@pytest.mark.parametrize(
    ("rule", "verdict"),
    [
        ({"at_least": 17}, Verdict.YES),
        ({"at_least": 18}, Verdict.NO),
        ({"under": 17}, Verdict.NO),
        ({"under": 18}, Verdict.YES),
    ],
)
def test_age_is_that_of_the_first_day_of_care(
    application: Application, facts: EajeFacts, rule: dict[str, int], verdict: Verdict
) -> None:
    """Born on 4 March 2025, received from 1 September 2026: 17 months, whenever it is priced."""
    found = _checks(application, facts, on=date(2027, 6, 1), age=rule)["age"]

    assert verdict is found.verdict
    assert "17 mois le premier jour d'accueil, le 1er septembre 2026" in found.evidence


@pytest.mark.parametrize(
    ("days", "verdict"),
    [
        ({"opens_on": date(2026, 9, 1)}, Verdict.YES),
        ({"opens_on": date(2026, 9, 2)}, Verdict.NO),
        ({"closes_on": date(2026, 9, 1)}, Verdict.YES),
        ({"closes_on": date(2026, 8, 31)}, Verdict.NO),
        ({"opens_on": date(2026, 1, 1), "closes_on": date(2026, 12, 31)}, Verdict.YES),
    ],
)
def test_both_days_of_a_scheme_are_open(
    application: Application, facts: EajeFacts, days: dict[str, date], verdict: Verdict
) -> None:
    """On the day that is asked for."""
    assert verdict is _verdict("scheme_open", application, facts, **days)


def test_a_child_that_is_not_listed_is_never_a_certain_no(
    application: Application, facts: EajeFacts
) -> None:
    """A newborn and a child in shared custody are not listed either."""
    unlisted = facts.model_copy(update={"child_listed": False})

    assert Verdict.UNKNOWN is _verdict("child_in_household", application, unlisted)


@pytest.mark.parametrize(
    ("city", "verdict"),
    [
        ("ARLES", Verdict.YES),
        ("13200 ARLES", Verdict.YES),
        ("13200 Arles Cedex", Verdict.YES),
        ("13150 TARASCON", Verdict.UNKNOWN),
        ("66150 ARLES", Verdict.UNKNOWN),
        ("SAINT MARTIN DE CRAU", Verdict.UNKNOWN),
        ("", Verdict.UNKNOWN),
        (None, Verdict.UNKNOWN),
    ],
)
def test_a_certified_address_confirms_or_leaves_it_unknown(
    application: Application, facts: EajeFacts, city: str | None, verdict: Verdict
) -> None:
    """It names a city in words, declared or of 1 January: it refuses nobody."""
    told = facts.model_copy(update={"address_city": city})

    assert verdict is _verdict("residence", application, told, communes=[_ARLES])


@pytest.mark.parametrize(("working", "verdict"), [(False, Verdict.NO), (True, Verdict.UNKNOWN)])
def test_a_declared_commune_outside_is_a_no_unless_working_there_will_do(
    application: Application, facts: EajeFacts, *, working: bool, verdict: Verdict
) -> None:
    """The family says it itself; no certified data shows where somebody works."""
    rules = {"communes": [_TARASCON], "or_working": working}

    assert verdict is _verdict("residence", application, facts, **rules)


@pytest.mark.parametrize(
    ("declared", "asked", "verdict"),
    [("13204", "13055", Verdict.UNKNOWN), ("13204", "13201", Verdict.NO)],
)
def test_an_arrondissement_is_in_its_city(
    application: Application, facts: EajeFacts, declared: str, asked: str, verdict: Verdict
) -> None:
    """A scheme of Marseille takes its fourth arrondissement; one of the first does not."""
    address = application.address.model_copy(update={"commune": declared})
    moved = application.model_copy(update={"address": address})

    assert verdict is _verdict(
        "residence", moved, facts.model_copy(update={"address_city": None}), communes=[asked]
    )


@pytest.mark.parametrize(
    ("address", "verdict"),
    [
        (FiscalAddress(postcode="13200", city="Arles"), Verdict.YES),
        (FiscalAddress(postcode=None, city="ARLES"), Verdict.YES),
        (FiscalAddress(postcode="13150", city="TARASCON"), Verdict.UNKNOWN),
        (FiscalAddress(line="3 RUE DES TILLEULS"), Verdict.UNKNOWN),
        (None, Verdict.UNKNOWN),
    ],
)
def test_the_fiscal_address_is_read_too(
    application: Application, address: FiscalAddress | None, verdict: Verdict
) -> None:
    """City and postcode, as the tax office writes them."""
    certified = tax(address=address)

    assert verdict is _verdict("residence", application, certified, communes=[_ARLES])


def _income(measure: str, cents: int | None) -> dict[str, Any]:
    return {"income": {"measure": measure, "at_most_cents": cents}}


@pytest.mark.parametrize(
    ("measure", "threshold", "verdict"),
    [
        ("income_of_reference", 3_000_000, Verdict.YES),
        ("income_of_reference", 2_999_999, Verdict.NO),
        ("income_of_reference_per_part", 1_200_000, Verdict.YES),
        ("income_of_reference_per_part", 1_199_999, Verdict.NO),
        ("quotient_familial", 70_000, Verdict.UNKNOWN),
        ("not_taxed", None, Verdict.YES),
    ],
)
def test_the_threshold_is_within(
    application: Application,
    measure: str,
    threshold: int | None,
    verdict: Verdict,
) -> None:
    """30 000 € and 2.5 parts: 12 000 € a part; a figure of another kind is unknown."""
    assert verdict is _verdict("income", application, tax(), **_income(measure, threshold))


@pytest.mark.parametrize(
    ("euros", "verdict"), [(700, Verdict.YES), (701, Verdict.NO), (None, Verdict.UNKNOWN)]
)
def test_a_quotient_that_was_not_given_is_unknown(
    application: Application, euros: int | None, verdict: Verdict
) -> None:
    """Zero euros are a figure, nothing is none."""
    rules = _income("quotient_familial", 70_000)

    assert verdict is _verdict("income", application, qf(euros), **rules)


@pytest.mark.parametrize(
    ("changes", "verdict"),
    [
        ({"tax_status": TaxStatus.TAXED}, Verdict.NO),
        ({"tax_status": TaxStatus.UNKNOWN}, Verdict.UNKNOWN),
    ],
)
def test_who_pays_income_tax_is_known_or_not(
    application: Application, changes: dict[str, Any], verdict: Verdict
) -> None:
    """A missing amount is not an amount of zero."""
    assert verdict is _verdict("income", application, tax(**changes), **_income("not_taxed", None))


@pytest.mark.parametrize(("own", "told"), [(True, True), (False, False)])
def test_the_figure_of_another_household_is_not_told(
    application: Application, *, own: bool, told: bool
) -> None:
    """The sentence says the threshold, which is public, and the figure to its own household."""
    rules = SchemeRules.model_validate(_income("income_of_reference", 2_500_000))
    candidate = Candidate(
        application=application, facts=tax(), on=date(2026, 9, 1), own_figures=own
    )
    [found] = checks_of(candidate, rules)

    assert told == ("30\u202f000,00" in found.evidence)
    assert "25\u202f000,00" in found.evidence


def test_an_age_is_told_as_the_scheme_has_it(application: Application, facts: EajeFacts) -> None:
    """In one sentence, with the bounds."""
    rules = SchemeRules(age=AgeAtEntry(at_least=3, under=36))
    found = checks_of(Candidate(application=application, facts=facts, on=date(2026, 9, 1)), rules)

    assert (
        "L'enfant a 17 mois le premier jour d'accueil, le 1er septembre 2026\u202f; le dispositif "
        "l'admet à partir de 3 mois, avant 36 mois." == found[0].evidence
    )
