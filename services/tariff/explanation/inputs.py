"""The data of a record as a family reads it: label, value, where it comes from, when. Pure."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from types import MappingProxyType
from typing import Any

from services.tariff.explanation.content import Record
from services.tariff.explanation.typography import day, in_order, month, plain_number
from shared.evidence import (
    EAJE_FRANCE_CONNECT_SOURCE,
    EAJE_SOURCE,
    QF_FRANCE_CONNECT_SOURCE,
    QF_SOURCE,
)
from shared.money import Money
from shared.paris import day_in_paris
from shared.taxation import TAX_SOURCE

FUND = "CAF ou MSA"
TAX_OFFICE = "Impôts (DGFiP)"
DECLARED = "Votre demande"
AGENT = "Un agent"
_BY = MappingProxyType(
    dict.fromkeys(
        (EAJE_SOURCE, EAJE_FRANCE_CONNECT_SOURCE, QF_SOURCE, QF_FRANCE_CONNECT_SOURCE), FUND
    )
    | {TAX_SOURCE: TAX_OFFICE}
)
_UNKNOWN = "non précisé"
_UNTOLD: tuple[object, ...] = (None, [])
_SENSITIVE = "aeeh_children"  # health data: told where it counted, and nowhere else
_CARE = {
    "collectif": "accueil collectif",
    "familial_parental": "accueil familial ou parental",
    "micro_creche": "micro-crèche",
}
_FUNDS = {"caf": "CAF", "msa": "MSA", "other": "un autre régime"}
_YES_NO = {"yes": "oui", "no": "non", "unknown": "non établi"}


@dataclass(frozen=True, slots=True)
class Datum:
    """One datum that was used; `certified` says that an administration gave it."""

    label: str
    value: str
    origin: str
    received: str
    certified: bool

    @property
    def row(self) -> tuple[str, str, str, str]:
        """The datum as a row."""
        return self.label, self.value, self.origin, self.received.replace(" ", "\u00a0")


def data_used(record: Record) -> tuple[Datum, ...]:
    """Every datum that the computation rests on."""
    return tuple(_data(record))


def _data(record: Record) -> Iterator[Datum]:
    for name in in_order(record["inputs"], _WORDS):
        given = record["inputs"][name]
        if given["value"] in _UNTOLD or (name == _SENSITIVE and not given["value"]):
            continue
        label, told = _WORDS.get(name, (name.replace("_", " "), str))
        origin, received = origin_of(given["provenance"])
        certified = given["provenance"]["kind"] == "certified"
        yield Datum(_with_year(label, given), told(given["value"]), origin, received, certified)


def origin_of(provenance: Mapping[str, Any]) -> tuple[str, str]:
    """Where a datum comes from, and the day on which it came."""
    if provenance.get("source") == "agent":
        return AGENT, _day(provenance.get("received_at"))
    if provenance["kind"] == "certified":
        return _BY.get(provenance["source"], provenance["source"]), _day(provenance["fetched_at"])
    return DECLARED, _day(provenance.get("received_at"))


def _day(moment: str | None) -> str:
    return _UNKNOWN if moment is None else day(day_in_paris(datetime.fromisoformat(moment)))


def _with_year(label: str, given: Mapping[str, Any]) -> str:
    year = given.get("year")
    return f"{label} ({year})" if year else label


def _cents(value: int) -> str:
    return Money(value).in_french


def _quotients(value: Sequence[Mapping[str, Any]]) -> str:
    return " ; ".join(f"{_cents(one['cents'])} ({month(one['month'])})" for one in value)


def _hundredths(value: int) -> str:
    return plain_number(str(Decimal(value) / 100))


def _names(codes: Sequence[str]) -> str:
    return ", ".join(code.replace("-", " ") for code in codes)


def _contract(value: Mapping[str, Any]) -> str:
    return f"{plain_number(value['hours'])} heures, {value['instalments']} paiements"


_WORDS: Mapping[str, tuple[str, Callable[[Any], str]]] = MappingProxyType(
    {
        "care_type": ("Type d'accueil", lambda value: _CARE.get(value, value)),
        "children": ("Enfants à charge", str),
        "aeeh_children": ("Enfants qui ont droit à l'AEEH", str),
        "annual_resources_cents": ("Ressources de l'année", _cents),
        "monthly_hours": ("Heures par mois", lambda value: plain_number(str(value))),
        "contract": ("Contrat", _contract),
        "quotients": ("Quotient familial", _quotients),
        "income_of_reference_cents": ("Revenu fiscal de référence", _cents),
        "parts_hundredths": ("Nombre de parts", _hundredths),
        "resident": ("Domicile dans la commune", lambda value: _YES_NO.get(value, str(value))),
        "rank": ("Rang de l'enfant parmi les inscrits", str),
        "monthly_units": ("Quantité par mois", lambda value: plain_number(str(value))),
        "regime": ("Qui verse vos allocations", lambda value: _FUNDS.get(value, value)),
        "granted": ("Réduction ou condition accordée", _names),
        "denied": ("Réduction ou condition refusée", _names),
    }
)
