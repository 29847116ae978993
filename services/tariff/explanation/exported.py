"""Exported: a decision as one line for the software of a nursery or of a régie. Pure."""

from collections.abc import Iterator, Mapping
from datetime import date, datetime
from typing import Any

from services.tariff.explanation.prices import Price, price_of
from shared.exporting import Exportable, ExportedDecision, Unsealed
from shared.paris import day_in_paris


def exported(application: Exportable) -> Iterator[ExportedDecision]:
    """The lines of one application, in the order of its days.

    One that never held has no amount that could be invoiced: what it leaves is the difference, and
    without one it is passed over.
    """
    for one in application.versions:
        line = _line(application, one)
        if line.in_force or line.difference_cents:
            yield line


def _line(application: Exportable, one: Unsealed) -> ExportedDecision:
    version, said = one.held.version, one.content.get("decision") or {}
    price = price_of(one.content.get("record")) if one.held.in_force else None
    return ExportedDecision(
        reference=application.reference,
        structure=application.structure,
        structure_name=application.structure_name,
        scheme=application.scheme,
        version=version.version,
        kind=version.kind,
        in_force=one.held.in_force,
        valid_from=version.valid_from,
        valid_to=one.held.valid_to,
        fund=application.fund,
        tariff_id=version.tariff_id,
        tariff_version=version.tariff_version,
        decided_on=_day(said.get("decided_at")),
        **_amounts(price),
        **_difference(said.get("difference") or {}),
    )


def _amounts(price: Price | None) -> dict[str, Any]:
    month = None if price is None else price.of_month
    return {
        "unit": None if price is None else price.unit,
        "price_cents": None if price is None else price.of_unit.cents,
        "monthly_cents": None if month is None else month.cents,
    }


def _difference(owed: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "difference_cents": owed.get("owed_cents"),
        "difference_months": owed.get("months"),
    }


def _day(moment: str | None) -> date | None:
    return None if moment is None else day_in_paris(datetime.fromisoformat(moment))
