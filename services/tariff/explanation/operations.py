"""The operations of the local methods as a family reads them, a sentence each. Pure.

The names of the steps, and of what goes into them, are those of the record.
"""

from collections.abc import Callable, Mapping
from fractions import Fraction
from typing import Any

from services.tariff.explanation.applied import counted, in_cents, rounded
from services.tariff.explanation.content import Record
from services.tariff.explanation.modifier_sentences import MODIFIERS
from services.tariff.explanation.prices import one_of, per, plural_of
from services.tariff.explanation.typography import amount, euros, plain_number

Given = Mapping[str, str]
Tell = Callable[[Given, str, Record], str | None]

_BANDS = {
    "lower_included": "{low} compris, {high} non compris",
    "upper_included": "{low} non compris, {high} compris",
    "both_included": "{low} et {high} compris",
}
_CONDITIONS = {
    "resident": "habiter sur le territoire",
    "children": "avoir {wanted} enfants à charge ou plus",
    "disabled_child": "avoir un enfant qui ouvre droit à l'AEEH",
    "granted": "{wanted}",
}
_MET = {"yes": "remplie", "no": "pas remplie", "unknown": "pas encore vérifiée"}


def operation_sentence(operation: Mapping[str, Any], record: Record) -> str | None:
    """What an operation did; None when its result says nothing new."""
    tell = _SENTENCES.get(operation["step"])
    if tell is None:
        return None
    return tell(operation["inputs"], operation["result"], record)


def _measure(given: Given, result: str, _record: Record) -> str | None:
    parts, found = given.get("parts"), amount(Fraction(result))
    if "income_of_reference" not in given and "annual_resources" not in given:
        return f"Le barème retient le plus bas : {found}." if len(given) > 1 else None
    annual = Fraction(given.get("income_of_reference") or given["annual_resources"])
    shared = annual / Fraction(parts) if parts else annual
    monthly = max(shared, Fraction(0)) != Fraction(result)
    by = [*(["12"] if monthly else []), *([f"{plain_number(parts)} parts"] if parts else [])]
    if not by:
        return None
    return f"Divisé par {' et par '.join(by)}, cela fait {found}{' par mois' if monthly else ''}."


def _cut(given: Given, result: str, _record: Record) -> str | None:
    if given["measure"] == result:
        return None
    return f"Le barème ne compte que les euros entiers : {euros(result)}."


def _band(given: Given, result: str, record: Record) -> str:
    low, high = euros(given["from"]), given["to"] and euros(given["to"])
    span = f"à partir de {low}"
    if high:
        bounds = _BANDS[given["bounds"]].format(low=low, high=high)
        span = f"de {low} à {high} ({bounds})"
    if _is_aid(record):
        gives = "n'ouvre pas droit à l'aide" if Fraction(result) == 0 else f"donne {_exact(result)}"
        return f"Ce montant est dans la tranche {span}, qui {gives}."
    return f"Ce montant est dans la tranche {span} : le prix est de {_exact(result)}{_per(record)}."


def _linear(given: Given, result: str, record: Record) -> str:
    if "next_at" not in given:
        side = "au-dessous" if Fraction(given["measure"]) <= Fraction(given["at"]) else "au-dessus"
        at = euros(given["at"])
        price = f"{_exact(result)}{_per(record)}"
        return f"Ce montant est {side} de {at}, ou égal : le prix y est de {price}."
    at, end = euros(given["at"]), euros(given["next_at"])
    start, stop = euros(given["price"]), euros(given["next_price"])
    measure = amount(Fraction(given["measure"]))
    return (
        f"Entre {at} et {end}, le prix va en ligne droite de {start} à {stop} : {start} + "
        f"({measure} − {at}) × ({stop} − {start}) ÷ ({end} − {at}) = {_exact(result)}."
    )


def _effort(given: Given, result: str, _record: Record) -> str:
    family = ""
    if "children" in given:
        family = f"Votre foyer compte {counted(int(given['children']), 'enfant')} à charge. "
    product = f"{amount(Fraction(given['measure']))} × {plain_number(given['rate'])} %"
    return f"{family}Le prix est de {product} = {_exact(result)}."


def _bounds(given: Given, result: str, _record: Record) -> str:
    price, kept = Fraction(given["price"]), Fraction(result)
    if kept > price:
        return f"Le barème fixe un prix le plus bas : {amount(kept)}. Il est retenu."
    if kept < price:
        return f"Le barème fixe un prix le plus haut : {amount(kept)}. Il est retenu."
    limits = [euros(given[name]) for name in ("min", "max") if name in given]
    word = "la limite" if len(limits) == 1 else "les limites"
    return f"Ce prix respecte {word} du barème ({' et '.join(limits)})."


def _flat(given: Given, result: str, record: Record) -> str:
    price = f"{_exact(result)}{_per(record)}"
    if "rank" in given:
        return f"Pour l'enfant de rang {given['rank']} parmi vos inscrits, le prix est de {price}."
    if "children" in given:
        family = counted(int(given["children"]), "enfant")
        return f"Pour un foyer de {family} à charge, le prix est de {price}."
    return f"Le barème fixe un prix de {price}."


def _missing(given: Given, result: str, record: Record) -> str:
    price = f"{_exact(result)}{_per(record)}"
    if "policy" not in given:
        return f"Dans ce cas, le barème fixe un prix de {price}, pour l'instant."
    which = "bas" if given["policy"] == "floor" else "haut"
    return f"Dans ce cas, le barème retient le prix le plus {which}, {price}, pour l'instant."


def _price(given: Given, result: str, record: Record) -> str | None:
    exact = Fraction(given["price_exact"])
    if in_cents(exact) or record["fee"] is None:
        return None
    return f"Le prix est {rounded(record)} : {_exact(result)}{_per(record)}."


def _surcharge(given: Given, result: str, _record: Record) -> str:
    of = f" ({plain_number(given['percent'])} % du prix)" if "percent" in given else ""
    return f"S'y ajoute : {given['label']}, {_exact(result)}{of}."


def _total(_given: Given, result: str, record: Record) -> str:
    return f"En tout, {one_of(record['fee']['unit'])} coûte {_exact(result)}."


def _contract(given: Given, result: str, _record: Record) -> str:
    times = counted(int(given["instalments"]), "mensualité")
    hours, monthly = plain_number(given["contract_hours"]), plain_number(result)
    return f"Le contrat réserve {hours} heures, en {times} : {monthly} heures par mois."


def _units(given: Given, result: str, _record: Record) -> str | None:
    if given["unit"] == "hour":
        return None
    return f"Cela fait {plain_number(result)} {plural_of(given['unit'])} par mois."


def _monthly(given: Given, result: str, record: Record) -> str:
    units, unit = Fraction(given["monthly_units"]), record["fee"]["unit"]
    count = plain_number(given["monthly_units"]) if "/" not in given["monthly_units"] else ""
    noun = plural_of(unit) if units > 1 else one_of(unit).split()[-1]
    price = amount(Fraction(given["price"]))
    cut = "" if in_cents(Fraction(given["price"]) * units) else f", {rounded(record)}"
    return f"Le montant du mois est de {count} {noun} × {price} = {_exact(result)}{cut}."


def _condition(given: Given, result: str, _record: Record) -> str:
    wanted = _CONDITIONS[given["condition"]].format(wanted=given["wanted"])
    return (
        f"Condition : {wanted}. Elle n'est {_MET[result]}."
        if result != "yes"
        else (f"Condition : {wanted}. Elle est remplie.")
    )


_SENTENCES: Mapping[str, Tell] = {
    "measure": _measure,
    "measure_cut": _cut,
    "band": _band,
    "linear": _linear,
    "effort_rate": _effort,
    "effort_bounds": _bounds,
    "price_bounds": _bounds,
    "flat": _flat,
    "missing_data": _missing,
    "price": _price,
    "surcharge": _surcharge,
    "total": _total,
    "monthly_hours": _contract,
    "monthly_units": _units,
    "monthly": _monthly,
    "condition": _condition,
    **MODIFIERS,
}


def _is_aid(record: Record) -> bool:
    return bool(record["tariff"].get("method") == "award")


def _per(record: Record) -> str:
    """The unit of a price, once it is known."""
    return "" if record["fee"] is None else f" {per(record['fee']['unit'])}"


def _exact(result: str) -> str:
    return amount(Fraction(result))
