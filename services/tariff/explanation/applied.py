"""What every explanation says, whatever the method: origins, the tariff, roundings. Pure."""

from collections.abc import Mapping
from datetime import date, datetime
from fractions import Fraction
from types import MappingProxyType
from typing import Any

from services.tariff.explanation.content import Record
from services.tariff.explanation.typography import day
from shared.evidence import (
    EAJE_FRANCE_CONNECT_SOURCE,
    EAJE_SOURCE,
    QF_FRANCE_CONNECT_SOURCE,
    QF_SOURCE,
)
from shared.taxation import TAX_SOURCE

_FUND = "la CAF ou la MSA"
_CERTIFIED_BY = MappingProxyType(
    dict.fromkeys(
        (EAJE_SOURCE, EAJE_FRANCE_CONNECT_SOURCE, QF_SOURCE, QF_FRANCE_CONNECT_SOURCE), _FUND
    )
    | {TAX_SOURCE: "les impôts (DGFiP)"}
)
_DECLARED_BY = MappingProxyType(
    {
        "application": "déclaré{s} dans votre demande",
        "command_line": "donné{s} pour cette simulation",
        "agent": "relevé{s} par un agent",
    }
)
_ROUNDED = MappingProxyType(
    {
        "half-up": "arrondi au centime le plus proche",
        "half-even": "arrondi au centime le plus proche (au centime pair s'il y a égalité)",
        "truncate": "sans compter les fractions de centime",
    }
)


def origin(provenance: Mapping[str, Any], *, agreeing: str = "") -> str:
    """Where a figure comes from; `agreeing` is its ending: `es` for « ressources »."""
    if provenance["kind"] == "declared":
        return _DECLARED_BY[provenance["source"]].replace("{s}", agreeing)
    by = _CERTIFIED_BY.get(provenance["source"], provenance["source"])
    received = datetime.fromisoformat(provenance["fetched_at"]).date()
    return f"certifié{agreeing} par {by} et reçu{agreeing} le {day(received)}"


def year_of(given: Mapping[str, Any]) -> str:
    """The year of a figure; the MSA gives the current year for that of two years before."""
    year, fetched = given["year"], given["provenance"].get("fetched_at")
    if year is None:
        return ""
    if fetched is not None and datetime.fromisoformat(fetched).year == year:
        return f" (année indiquée par la caisse : {year})"
    return f" (année {year})"


def tariff_applied(record: Record) -> str:
    """The tariff, its version, and when it is in force."""
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


def rounded(record: Record) -> str:
    """How the amount became cents."""
    return _ROUNDED[record["fee"]["rounding"]]


def in_cents(euros: Fraction) -> bool:
    """Whether an exact amount has no fraction of a cent."""
    return (euros * 100).denominator == 1


def operation(record: Record, step: str) -> Mapping[str, Any] | None:
    """The operation of a step; None when it was not made."""
    return next((one for one in record["operations"] if one["step"] == step), None)


def counted(how_many: int, noun: str) -> str:
    """`1 enfant`, `2 enfants`."""
    return f"{how_many} {noun}{'s' if how_many > 1 else ''}"
