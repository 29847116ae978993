"""`explain`: how a fee was computed, in plain French, from the record of the decision only.

It says the operations and the sources that a family may ask for (CRPA L.311-3-1, R.311-3-1-2); it
is not the letter, which adds signatory, appeals and data protection.
"""

from collections.abc import Callable, Mapping
from datetime import date, datetime
from fractions import Fraction
from typing import Any

from services.tariff.explanation.paper import Sentence, said
from services.tariff.explanation.typography import amount, day, number, typeset
from shared.evidence import EAJE_FRANCE_CONNECT_SOURCE, EAJE_SOURCE
from shared.money import Money

Record = Mapping[str, Any]

_CARE = {
    "collectif": "d'accueil collectif",
    "familial_parental": "d'accueil familial ou parental",
    "micro_creche": "d'accueil en micro-crèche",
}
_CERTIFIED_BY = dict.fromkeys((EAJE_SOURCE, EAJE_FRANCE_CONNECT_SOURCE), "la CAF ou la MSA")
_DECLARED_BY = {
    "application": "déclarées dans votre demande",
    "command_line": "données pour cette simulation",
}
_ROUNDED = {
    "half-up": "arrondi au centime le plus proche",
    "half-even": "arrondi au centime le plus proche (au centime pair s'il y a égalité)",
    "truncate": "sans compter les fractions de centime",
}
_BOUNDS = {"floor": "plancher", "ceiling": "plafond"}
_MENTION = (
    "Ce calcul est fait par un traitement automatisé. Vous pouvez demander quelles règles il suit "
    "et comment elles ont été appliquées à votre dossier (article L. 311-3-1 du code des relations "
    "entre le public et l'administration)."
)


def explain(record: Record) -> tuple[str, ...]:
    """The sentences that explain a decision to the family, in the order of the computation."""
    return (*(step.text for step in steps(record)), typeset(_MENTION))


def steps(record: Record) -> tuple[Sentence, ...]:
    """What `explain` says of the computation, each sentence with its name."""
    told = ((f"step.{tell.__name__.strip('_')}", tell(record)) for tell in _SENTENCES)
    return tuple(said(name, text) for name, text in told if text)


def _resources(record: Record) -> str:
    resources = record["inputs"]["annual_resources_cents"]
    counted = Money(resources["value"]).in_french
    return (
        f"Vos ressources annuelles retenues sont de {counted}"
        f"{_year(resources)}, {_origin(resources['provenance'])}."
    )


def _year(resources: Mapping[str, Any]) -> str:
    """The year of the resources; the MSA gives the current year for those of two years before."""
    year, fetched = resources["year"], resources["provenance"].get("fetched_at")
    if year is None:
        return ""
    if fetched is not None and datetime.fromisoformat(fetched).year == year:
        return f" (année indiquée par la caisse : {year})"
    return f" (année {year})"


def _origin(provenance: Mapping[str, Any]) -> str:
    if provenance["kind"] == "declared":
        return _DECLARED_BY[provenance["source"]]
    by = _CERTIFIED_BY.get(provenance["source"], provenance["source"])
    received = datetime.fromisoformat(provenance["fetched_at"]).date()
    return f"certifiées par {by} et reçues le {day(received)}"


def _twelfth(record: Record) -> str:
    monthly = _result(record, "monthly_resources")
    kept = "" if _in_cents(monthly) else " (le calcul garde la valeur exacte)"
    return f"Divisées par 12, elles font {amount(monthly)} par mois{kept}."


def _bounds(record: Record) -> str:
    floor, ceiling = (_bound(record, name) for name in _BOUNDS)
    applied = _applied_bound(record)
    if applied is None:
        return (
            f"Ce montant est compris entre le plancher ({amount(floor)}) et le plafond "
            f"({amount(ceiling)}) du barème : il est retenu tel quel."
        )
    side, kept = ("inférieur", floor) if applied == "floor" else ("supérieur", ceiling)
    bound = _BOUNDS[applied]
    return (
        f"Ce montant est {side} au {bound} du barème : le calcul retient le {bound}, "
        f"{amount(kept)} par mois."
    )


def _rate(record: Record) -> str:
    children = record["inputs"]["children"]["value"]
    care = _CARE[record["inputs"]["care_type"]["value"]]
    return (
        f"Votre foyer compte {_count(children, 'enfant')} à charge : le taux du barème est de "
        f"{_percent(record, 'rate')} des ressources mensuelles par heure {care}."
    )


def _disability(record: Record) -> str | None:
    concerned = record["inputs"]["aeeh_children"]["value"]
    if not concerned:
        return None
    verb = "bénéficie" if concerned == 1 else "bénéficient"
    return (
        f"{_count(concerned, 'enfant')} du foyer {verb} de l'allocation d'éducation de l'enfant "
        "handicapé (AEEH) : le taux descend d'une tranche du barème par enfant concerné, sans "
        f"dépasser la dernière, et devient {_percent(record, 'rate_after_aeeh')}."
    )


def _hourly(record: Record) -> str:
    pricing = _operation(record, "hourly_exact")["inputs"]
    price = _result(record, "hourly_exact")
    product = f"{amount(Fraction(pricing['counted_resources']))} × {number(pricing['rate'])} %"
    sentence = f"Le prix d'une heure est de {product} = {amount(price)}"
    if _in_cents(price):
        return f"{sentence}."
    if record["fee"]["stage"] == "month" and record["fee"]["monthly_cents"] is not None:
        return f"{sentence} ; il n'est arrondi qu'au montant du mois."
    return f"{sentence}, {_rounded(record)} : {Money(record['fee']['hourly_cents']).in_french}."


def _hours(record: Record) -> str | None:
    contract = record["inputs"]["contract"]["value"]
    if contract is None:
        return None
    hours = number(_operation(record, "monthly_hours")["result"])
    return (
        f"Le contrat réserve {number(contract['hours'])} heures, facturées en "
        f"{_count(contract['instalments'], 'mensualité')} : {hours} heures par mois."
    )


def _monthly(record: Record) -> str | None:
    if record["fee"]["monthly_cents"] is None:
        return None
    billing = _operation(record, "monthly")["inputs"]
    price, hours = Fraction(billing["hourly_price"]), billing["monthly_hours"]
    product = f"{number(hours)} heures × {amount(price)}"
    monthly = Money(record["fee"]["monthly_cents"]).in_french
    cut = "" if _in_cents(price * Fraction(hours)) else f", {_rounded(record)}"
    return f"Le montant du mois est de {product} = {monthly}{cut}."


def _tariff(record: Record) -> str:
    tariff = record["tariff"]
    since = day(date.fromisoformat(tariff["valid_from"]))
    until = tariff["valid_to"]
    period = f"depuis le {since}"
    if until is not None:
        period = f"du {since} au {day(date.fromisoformat(until))}"
    return (
        f"Barème appliqué : {tariff['title']}, « {tariff['id']} », version {tariff['version']}, "
        f"en vigueur {period}."
    )


def _deductions(record: Record) -> str | None:
    """What was applied without having been read in a published text."""
    applied = {"rate": "taux"}
    bound = _applied_bound(record)
    if bound is not None:
        applied[bound] = _BOUNDS[bound]
    parameters = record["parameters"]
    said = [
        f"Ce {noun} n'a été lu dans aucun texte officiel. {parameters[name]['note']}"
        for name, noun in applied.items()
        if parameters[name]["certainty"] == "inferred"
    ]
    return " ".join(said) or None


_SENTENCES: tuple[Callable[[Record], str | None], ...] = (
    _resources,
    _twelfth,
    _bounds,
    _rate,
    _disability,
    _hourly,
    _hours,
    _monthly,
    _tariff,
    _deductions,
)


def _operation(record: Record, step: str) -> Mapping[str, Any]:
    found: Mapping[str, Any] = next(
        operation for operation in record["operations"] if operation["step"] == step
    )
    return found


def _result(record: Record, step: str) -> Fraction:
    return Fraction(_operation(record, step)["result"])


def _percent(record: Record, step: str) -> str:
    return f"{number(_operation(record, step)['result'])} %"


def _bound(record: Record, name: str) -> Fraction:
    return Fraction(_operation(record, "counted_resources")["inputs"][name])


def _applied_bound(record: Record) -> str | None:
    monthly = _result(record, "monthly_resources")
    if monthly < _bound(record, "floor"):
        return "floor"
    return "ceiling" if monthly > _bound(record, "ceiling") else None


def _rounded(record: Record) -> str:
    return _ROUNDED[record["fee"]["rounding"]]


def _in_cents(euros: Fraction) -> bool:
    return (euros * 100).denominator == 1


def _count(how_many: int, noun: str) -> str:
    return f"{how_many} {noun}{'s' if how_many > 1 else ''}"
