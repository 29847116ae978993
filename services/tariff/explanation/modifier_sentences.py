"""What each modifier did to a price, as a family reads it, a sentence each. Pure."""

from collections.abc import Callable, Mapping
from fractions import Fraction

from services.tariff.explanation.applied import counted
from services.tariff.explanation.content import Record
from services.tariff.explanation.typography import amount, euros, plain_number

Given = Mapping[str, str]
_AWAY = "Vous n'habitez pas sur le territoire"


def _other_fund(_given: Given, result: str, _record: Record) -> str:
    price = amount(Fraction(result))
    return f"Vos allocations ne viennent ni de la CAF ni de la MSA : le barème fixe {price}."


def _away_price(_given: Given, result: str, _record: Record) -> str:
    return f"{_AWAY} : le barème fixe un prix de {amount(Fraction(result))}."


def _away(given: Given, result: str, _record: Record) -> str:
    price = amount(Fraction(result))
    if "factor" in given:
        return f"{_AWAY} : le prix est multiplié par {plain_number(given['factor'])}, soit {price}."
    more = f"{plain_number(given['percent'])} %" if "percent" in given else euros(given["add"])
    return f"{_AWAY} : le prix monte de {more}, soit {price}."


def _sibling(given: Given, result: str, _record: Record) -> str:
    rank = "er" if given["rank"] == "1" else "e"
    return f"C'est votre {given['rank']}{rank} enfant inscrit : {_less(given, result)}"


def _children(given: Given, result: str, _record: Record) -> str:
    family = counted(int(given["children"]), "enfant")
    return f"Votre foyer compte {family} à charge : {_less(given, result)}"


def _reduction(given: Given, result: str, _record: Record) -> str:
    return f"La réduction « {given['label']} » vous est accordée : {_less(given, result)}"


def _reduction_min(given: Given, result: str, _record: Record) -> str | None:
    if Fraction(result) == Fraction(given["reduced"]):
        return None
    return f"Avec cette réduction, le prix ne descend pas sous {amount(Fraction(result))}."


def _less(given: Given, result: str) -> str:
    return f"le prix baisse de {plain_number(given['percent'])} %, soit {amount(Fraction(result))}."


MODIFIERS: Mapping[str, Callable[[Given, str, Record], str | None]] = {
    "other_fund": _other_fund,
    "non_resident_price": _away_price,
    "non_resident": _away,
    "sibling": _sibling,
    "children": _children,
    "reduction": _reduction,
    "reduction_min": _reduction_min,
}
"""By step of the record."""
