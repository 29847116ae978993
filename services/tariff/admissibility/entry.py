"""`checks_of`: whether an application may enter a scheme, one verdict a rule. Pure.

Rules that a scheme does not have are not checked. A verdict is `no` only on what the family itself
said, or on a figure that the State certified; what no certified data shows is `unknown`, and a
person asks. Before the money: a fee is computed whatever they say, but stands on them.
"""

from dataclasses import dataclass
from datetime import date

from services.tariff.admissibility.finding import finding
from services.tariff.admissibility.income import income
from services.tariff.admissibility.residence import residence
from services.tariff.explanation.typography import day
from shared.application import Application
from shared.decisions import CheckResult, Verdict
from shared.evidence import EajeFacts, Facts, QfFacts
from shared.scheme_rules import AgeAtEntry, SchemeRules

AGE = "age"
CHILD = "child_in_household"
OPEN = "scheme_open"


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """Who asks to enter, on what certified data, from which day (`on`).

    `own_figures`: the certified figures are the applicant's own, so that its sentences may tell
    them. Another household's are told to nobody.
    """

    application: Application
    facts: Facts
    on: date
    own_figures: bool = True


def checks_of(candidate: Candidate, rules: SchemeRules) -> tuple[CheckResult, ...]:
    """Every check that the rules ask for, in the order in which an agent would look."""
    application, facts = candidate.application, candidate.facts
    found = (
        _age(application, rules.age) if rules.age else None,
        _open(candidate.on, rules) if rules.opens_on or rules.closes_on else None,
        _child(facts),
        residence(application.address, facts, rules) if rules.communes else None,
        income(facts, rules.income, told=candidate.own_figures) if rules.income else None,
    )
    return tuple(check for check in found if check is not None)


def months_between(birth: date, at: date) -> int:
    """Whole months of age on a day: one more on each day of the month of birth, or its last day."""
    months = (at.year - birth.year) * 12 + at.month - birth.month
    return months if at.day >= birth.day or _last_of_month(at) else months - 1


def _last_of_month(at: date) -> bool:
    return date.fromordinal(at.toordinal() + 1).day == 1


def _age(application: Application, rule: AgeAtEntry) -> CheckResult:
    entry = application.care.start
    months = months_between(application.child.birth, entry)
    admitted = rule.at_least <= months and (rule.under is None or months < rule.under)
    return finding(
        AGE,
        Verdict.YES if admitted else Verdict.NO,
        f"L'enfant a {months} mois le premier jour d'accueil, le {day(entry)} ; {_ages(rule)}.",
    )


def _ages(rule: AgeAtEntry) -> str:
    least = f"à partir de {rule.at_least} mois" if rule.at_least else "dès la naissance"
    most = "" if rule.under is None else f", avant {rule.under} mois"
    return f"le dispositif l'admet {least}{most}"


def _open(on: date, rules: SchemeRules) -> CheckResult:
    started = rules.opens_on is None or rules.opens_on <= on
    ended = rules.closes_on is not None and rules.closes_on < on
    return finding(
        OPEN,
        Verdict.YES if started and not ended else Verdict.NO,
        f"Le dispositif est ouvert {_days(rules)} ; le jour demandé est le {day(on)}.",
    )


def _days(rules: SchemeRules) -> str:
    if rules.opens_on is None:
        return f"jusqu'au {day(rules.closes_on or date.max)}"
    if rules.closes_on is None:
        return f"depuis le {day(rules.opens_on)}"
    return f"du {day(rules.opens_on)} au {day(rules.closes_on)}"


def _child(facts: Facts) -> CheckResult | None:
    """A child that is not listed may be newly born, or in shared custody: never a certain no."""
    if not isinstance(facts, EajeFacts | QfFacts):
        return None  # the tax office names no child
    if facts.child_listed:
        evidence = "L'enfant figure parmi les enfants que la caisse certifie."
        return finding(CHILD, Verdict.YES, evidence)
    evidence = "L'enfant ne figure pas, ou pas encore, parmi les enfants que la caisse certifie."
    return finding(CHILD, Verdict.UNKNOWN, evidence)
