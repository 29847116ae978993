"""The answer: what is to be paid, what is awarded, or why not."""

from collections.abc import Callable, Iterable, Mapping, Sequence

from services.tariff.explanation.content import Told
from services.tariff.explanation.grounds import (
    failed_checks,
    ground_sentence,
    provisional_sentence,
    stand_in,
)
from services.tariff.explanation.paper import (
    Answer,
    Block,
    Paragraph,
    Section,
    Sentence,
    Table,
    said,
    table,
)
from services.tariff.explanation.paper import section as titled
from services.tariff.explanation.people import listed
from services.tariff.explanation.prices import Price, price_of
from services.tariff.explanation.typography import day, plain_number
from shared.decisions import ContractTerms, DecisionKind
from shared.money import Money

_PAID = frozenset({DecisionKind.FEE, DecisionKind.PROVISIONAL})


def section(tolds: Sequence[Told], blocks: Iterable[Block]) -> Section:
    """What is to be paid in all by a household with several children, then each answer."""
    total = Answer(tuple(_total(tolds)))
    return titled("answer", "Notre décision", total, *blocks)


def _total(tolds: Sequence[Told]) -> list[Sentence]:
    prices = [price_of(told.record) for told in tolds if told.decision.kind in _PAID]
    months = [price.of_month for price in prices if price and price.of_month]
    if len(tolds) < 2 or len(months) < len(tolds):  # noqa: PLR2004 - a total adds two
        return []
    total = Money(sum(month.cents for month in months)).in_french
    names = listed([told.child for told in tolds])
    return [said("answer.total", f"Pour {names}, vous payez {total} par mois en tout.")]


def blocks(told: Told) -> tuple[Answer | Paragraph | Table, ...]:
    """The answer first, then why when it is not the one hoped for, then its figures in brief."""
    rest = tuple(_grounds(told))
    return Answer(tuple(_ANSWERS[told.decision.kind](told))), Paragraph(rest), _brief(told)


def _fee(told: Told) -> list[Sentence]:
    return [said("answer.fee", f"Pour {told.child}, vous payez {_told(told)}."), *_spread(told)]


def _provisional(told: Told) -> list[Sentence]:
    now = f"Pour {told.child}, vous payez pour l'instant {_told(told)}."
    return [
        said("answer.provisional", now),
        said("answer.is_provisional", "Ce tarif est provisoire."),
        *_spread(told),
    ]


def _no_fee(told: Told) -> list[Sentence]:
    return [said("answer.no_fee", f"Nous ne pouvons pas fixer de tarif pour {told.child}.")]


def _awarded(told: Told) -> list[Sentence]:
    aid = told.decision.scheme.name
    price = price_of(told.record)
    since = day(told.decision.valid_from)
    amount = "" if price is None else f" Vous recevez {_amount(price)}."
    text = f"Nous vous accordons l'aide « {aid} » pour {told.child}, à partir du {since}.{amount}"
    return [said("answer.awarded", text)]


def _not_awarded(told: Told) -> list[Sentence]:
    aid = told.decision.scheme.name
    text = f"Nous ne pouvons pas vous accorder l'aide « {aid} » pour {told.child}."
    return [said("answer.not_awarded", text)]


_ANSWERS: Mapping[DecisionKind, Callable[[Told], list[Sentence]]] = {
    DecisionKind.FEE: _fee,
    DecisionKind.PROVISIONAL: _provisional,
    DecisionKind.NO_FEE: _no_fee,
    DecisionKind.AWARDED: _awarded,
    DecisionKind.NOT_AWARDED: _not_awarded,
}


def _told(told: Told) -> str:
    price, since = price_of(told.record), day(told.decision.valid_from)
    if price is None:
        return f"le tarif indiqué plus bas, à partir du {since}"
    return f"{_amount(price)} à partir du {since}"


def _amount(price: Price) -> str:
    if price.of_month is not None:
        return f"{price.of_month.in_french} par mois"
    return f"{price.of_unit.in_french} {price.per_unit}"


def _spread(told: Told) -> list[Sentence]:
    price, contract = price_of(told.record), told.decision.contract
    if price is None or price.of_month is None:
        return []
    one = said("answer.unit", f"{price.one.capitalize()} coûte {price.of_unit.in_french}.")
    if contract is None or contract.instalments < 2:  # noqa: PLR2004 - once is no spreading
        return [one]
    hours = f"{plain_number(str(contract.hours))} heures réservées"
    text = f"Ce montant est à payer {contract.instalments} fois, pour {hours}."
    return [said("answer.instalments", text), one]


def _grounds(told: Told) -> list[Sentence]:
    decision = told.decision
    match decision.kind:
        case DecisionKind.NO_FEE:
            return [*_why(told), said("answer.next", "Contactez-nous pour que nous le fixions.")]
        case DecisionKind.NOT_AWARDED:
            return _why(told)
        case DecisionKind.PROVISIONAL:
            standing = stand_in(told.record)
            return [
                provisional_sentence(decision.ground),
                *([] if standing is None else [standing]),
                said(
                    "answer.until",
                    "Dès que nous aurons ces données, vous recevrez une nouvelle décision.",
                ),
            ]
        case DecisionKind.FEE | DecisionKind.AWARDED:
            return []


def _why(told: Told) -> list[Sentence]:
    decision = told.decision
    return [ground_sentence(decision.ground), *failed_checks(decision.admissibility)]


def _brief(told: Told) -> Table:
    price = price_of(told.record)
    priced = [] if price is None else _priced(told, price)
    return table("brief", f"En bref, pour {told.child}", ("Élément", "Valeur"), tuple(priced))


def _priced(told: Told, price: Price) -> list[tuple[str, str]]:
    noun = "Montant" if told.decision.kind is DecisionKind.AWARDED else "Prix"
    by_month = price.unit == "month" and price.of_month is not None
    rows = [] if by_month else [(f"{noun} ({price.per_unit})", price.of_unit.in_french)]
    rows += _lines(told)
    if told.decision.contract is not None:
        rows += _hours(told.decision.contract)
    month = [] if price.of_month is None else [("Montant du mois", price.of_month.in_french)]
    return [*month, *rows, ("À partir du", day(told.decision.valid_from))]


def _lines(told: Told) -> list[tuple[str, str]]:
    """The lines of a fee that is made of several, such as a surcharge."""
    lines = told.record["fee"].get("lines", ()) if told.record else ()
    if len(lines) < 2:  # noqa: PLR2004 - one line is the price itself
        return []
    return [(f"Dont : {line['label']}", Money(line["cents"]).in_french) for line in lines]


def _hours(contract: ContractTerms) -> list[tuple[str, str]]:
    told = (
        ("Heures par semaine", contract.hours_a_week),
        ("Semaines", contract.weeks),
        ("Heures de fermeture, déduites", contract.closure_hours),
        ("Heures réservées", contract.hours),
        ("Nombre de paiements", contract.instalments),
    )
    return [(label, plain_number(str(value))) for label, value in told if value is not None]
