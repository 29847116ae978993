"""How a participation (PSU) was computed, sentence by sentence, from its record only. Pure."""

from collections.abc import Callable, Mapping
from fractions import Fraction
from typing import Any

from services.tariff.explanation.applied import (
    counted,
    in_cents,
    operation,
    origin,
    rounded,
    tariff_applied,
    year_of,
)
from services.tariff.explanation.content import Record
from services.tariff.explanation.paper import Sentence, said
from services.tariff.explanation.typography import amount, number
from shared.money import Money

_CARE = {
    "collectif": "d'accueil collectif",
    "familial_parental": "d'accueil familial ou parental",
    "micro_creche": "d'accueil en micro-crèche",
}
_BOUNDS = {"floor": "plancher", "ceiling": "plafond"}


def psu_steps(record: Record) -> tuple[Sentence, ...]:
    """The sentences of the computation, in its order."""
    told = ((f"step.{tell.__name__.strip('_')}", tell(record)) for tell in _SENTENCES)
    return tuple(said(name, text) for name, text in told if text)


def _resources(record: Record) -> str:
    resources = record["inputs"]["annual_resources_cents"]
    if resources["value"] is None:
        return "Vos ressources ne nous sont pas connues."
    retained = Money(resources["value"]).in_french
    return (
        f"Vos ressources annuelles retenues sont de {retained}"
        f"{year_of(resources)}, {origin(resources['provenance'], agreeing='es')}."
    )


def _twelfth(record: Record) -> str | None:
    dividing = operation(record, "monthly_resources")
    if dividing is None:
        return None
    monthly = Fraction(dividing["result"])
    kept = "" if in_cents(monthly) else " (le calcul garde la valeur exacte)"
    return f"Divisées par 12, elles font {amount(monthly)} par mois{kept}."


def _bounds(record: Record) -> str | None:
    counting = operation(record, "counted_resources")
    if counting is None:
        return None
    if "policy" in counting["inputs"]:
        return _stood_in(counting)
    floor, ceiling = (Fraction(counting["inputs"][name]) for name in _BOUNDS)
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


def _stood_in(counting: Mapping[str, Any]) -> str:
    """A bound that stands in for resources that nobody knows."""
    bound = _BOUNDS["floor" if counting["inputs"]["policy"] == "floor" else "ceiling"]
    kept = amount(Fraction(counting["result"]))
    return f"Dans ce cas, le calcul retient le {bound} du barème, {kept} par mois, pour l'instant."


def _rate(record: Record) -> str | None:
    if operation(record, "rate") is None:
        return None
    children = record["inputs"]["children"]["value"]
    care = _CARE[record["inputs"]["care_type"]["value"]]
    return (
        f"Votre foyer compte {counted(children, 'enfant')} à charge : le taux du barème est de "
        f"{_percent(record, 'rate')} des ressources mensuelles par heure {care}."
    )


def _disability(record: Record) -> str | None:
    concerned = record["inputs"]["aeeh_children"]["value"]
    if not concerned or operation(record, "rate_after_aeeh") is None:
        return None
    verb = "bénéficie" if concerned == 1 else "bénéficient"
    return (
        f"{counted(concerned, 'enfant')} du foyer {verb} de l'allocation d'éducation de l'enfant "
        "handicapé (AEEH) : le taux descend d'une tranche du barème par enfant concerné, sans "
        f"dépasser la dernière, et devient {_percent(record, 'rate_after_aeeh')}."
    )


def _hourly(record: Record) -> str | None:
    pricing = operation(record, "hourly_exact")
    if pricing is None:
        return None
    price = Fraction(pricing["result"])
    if "rate" not in pricing["inputs"]:
        return f"Dans ce cas, le barème fixe un prix de {amount(price)} par heure, pour l'instant."
    retained, rate = pricing["inputs"]["counted_resources"], pricing["inputs"]["rate"]
    product = f"{amount(Fraction(retained))} × {number(rate)} %"
    sentence = f"Le prix d'une heure est de {product} = {amount(price)}"
    if in_cents(price):
        return f"{sentence}."
    if record["fee"]["stage"] == "month" and record["fee"]["monthly_cents"] is not None:
        return f"{sentence} ; il n'est arrondi qu'au montant du mois."
    return f"{sentence}, {rounded(record)} : {_own_price(record).in_french}."


def _own_price(record: Record) -> Money:
    """The price of an hour before any surcharge, in cents."""
    cutting = operation(record, "hourly")
    assert cutting is not None  # noqa: S101 - where there is a price, it was rounded
    return Money.parse(cutting["result"])


def _surcharge(record: Record) -> str | None:
    if record["fee"] is None or "lines" not in record["fee"]:
        return None
    _, *added = record["fee"]["lines"]
    told = " ; ".join(f"{line['label']}, {Money(line['cents']).in_french}" for line in added)
    total = Money(record["fee"]["hourly_cents"]).in_french
    return f"S'y ajoute par heure : {told}. Une heure coûte donc {total}."


def _hours(record: Record) -> str | None:
    contract, spreading = record["inputs"]["contract"]["value"], operation(record, "monthly_hours")
    if contract is None or spreading is None:
        return None
    return (
        f"Le contrat réserve {number(contract['hours'])} heures, facturées en "
        f"{counted(contract['instalments'], 'mensualité')} : {number(spreading['result'])} heures "
        "par mois."
    )


def _monthly(record: Record) -> str | None:
    billing = operation(record, "monthly")
    if billing is None:
        return None
    price, hours = Fraction(billing["inputs"]["hourly_price"]), billing["inputs"]["monthly_hours"]
    product = f"{number(hours)} heures × {amount(price)}"
    monthly = Money(record["fee"]["monthly_cents"]).in_french
    cut = "" if in_cents(price * Fraction(hours)) else f", {rounded(record)}"
    return f"Le montant du mois est de {product} = {monthly}{cut}."


def _tariff(record: Record) -> str:
    return tariff_applied(record)


def _deductions(record: Record) -> str | None:
    """What was applied without having been read in a published text."""
    applied = {"rate": "taux"}
    bound = _applied_bound(record)
    if bound is not None:
        applied[bound] = _BOUNDS[bound]
    parameters = record["parameters"]
    told = [
        f"Ce {noun} n'a été lu dans aucun texte officiel. {parameters[name]['note']}"
        for name, noun in applied.items()
        if name in parameters and parameters[name]["certainty"] == "inferred"
    ]
    return " ".join(told) or None


_SENTENCES: tuple[Callable[[Record], str | None], ...] = (
    _resources,
    _twelfth,
    _bounds,
    _rate,
    _disability,
    _hourly,
    _surcharge,
    _hours,
    _monthly,
    _tariff,
    _deductions,
)


def _percent(record: Record, step: str) -> str:
    found = operation(record, step)
    return "" if found is None else f"{number(found['result'])} %"


def _applied_bound(record: Record) -> str | None:
    """The bound that was counted in the place of resources."""
    counting = operation(record, "counted_resources")
    if counting is None:
        return None
    told = counting["inputs"]
    if "policy" in told:
        return "floor" if told["policy"] == "floor" else "ceiling"
    monthly = Fraction(told["monthly_resources"])
    if monthly < Fraction(told["floor"]):
        return "floor"
    return "ceiling" if monthly > Fraction(told["ceiling"]) else None
