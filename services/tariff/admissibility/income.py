"""Income: whether a certified figure is within a scheme's condition. Pure.

A threshold is in the condition: a figure equal to it is within. A figure that was not given, or is
of another kind than the condition's, is unknown.
"""

from fractions import Fraction

from services.tariff.admissibility.finding import finding
from services.tariff.explanation.typography import amount
from shared.decisions import CheckResult, Verdict
from shared.evidence import Facts, QfFacts
from shared.scheme_rules import IncomeCondition, IncomeMeasure
from shared.taxation import TaxFacts, TaxStatus

INCOME = "income"
_CENTS = 100
_NAMES = {
    IncomeMeasure.INCOME_OF_REFERENCE: "Le revenu fiscal de référence",
    IncomeMeasure.INCOME_OF_REFERENCE_PER_PART: "Le revenu fiscal de référence par part",
    IncomeMeasure.QUOTIENT_FAMILIAL: "Le quotient familial",
    IncomeMeasure.NOT_TAXED: "L'impôt sur le revenu",
}
_TAXED = {
    TaxStatus.NOT_TAXED: (
        Verdict.YES,
        "L'administration fiscale certifie qu'aucun impôt n'est dû.",
    ),
    TaxStatus.TAXED: (
        Verdict.NO,
        "L'administration fiscale certifie qu'un impôt sur le revenu est dû.",
    ),
    TaxStatus.UNKNOWN: (Verdict.UNKNOWN, "L'administration fiscale ne dit pas si un impôt est dû."),
}


def income(facts: Facts, condition: IncomeCondition, *, told: bool) -> CheckResult:
    """Whether the condition holds; `told` says whether the figure may be said in the sentence."""
    if condition.measure is IncomeMeasure.NOT_TAXED:
        status = facts.tax_status if isinstance(facts, TaxFacts) else TaxStatus.UNKNOWN
        return finding(INCOME, *_TAXED[status])
    figure = _figure(facts, condition.measure)
    name = _NAMES[condition.measure]
    if figure is None or condition.at_most_cents is None:
        return finding(INCOME, Verdict.UNKNOWN, f"{name} n'a pas été certifié.")
    threshold = Fraction(condition.at_most_cents, _CENTS)
    within = figure <= threshold
    own = f" ({amount(figure)})" if told else ""
    side = "ne dépasse pas" if within else "dépasse"
    return finding(
        INCOME,
        Verdict.YES if within else Verdict.NO,
        f"{name} certifié{own} {side} le plafond du dispositif ({amount(threshold)}).",
    )


def _figure(facts: Facts, measure: IncomeMeasure) -> Fraction | None:
    match measure, facts:
        case IncomeMeasure.QUOTIENT_FAMILIAL, QfFacts(quotient_familial_euros=int(euros)):
            return Fraction(euros)
        case IncomeMeasure.INCOME_OF_REFERENCE, TaxFacts(income_of_reference_cents=int(cents)):
            return Fraction(cents, _CENTS)
        case (
            IncomeMeasure.INCOME_OF_REFERENCE_PER_PART,
            TaxFacts(income_of_reference_cents=int(cents), parts_hundredths=int(parts)),
        ):
            return Fraction(cents, parts)  # hundredths of euros over hundredths of parts
    return None
