"""The parts of a decision's record that are the PSU's own."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from services.tariff.engine.fee import FIXED_PRICE, Fee
from services.tariff.engine.origin import Origin, told, told_input
from services.tariff.engine.situation import Contract, Situation
from services.tariff.language.missing import FixedPrice
from services.tariff.language.psu import PsuTariff
from services.tariff.language.sourced import Sourced
from services.tariff.language.words import When
from shared.application import CareType
from shared.decisions import Verdict
from shared.money import Money

_SAID = {"source", "certainty", "note"}


def inputs(
    situation: Situation,
    tariff: PsuTariff,
    evidence: Origin,
    application: Origin,
    resources_year: int | None,
) -> dict[str, Any]:
    """What the decision rests on; residence only where the structure has a surcharge for it."""
    certified, declared = told(evidence), told(application)
    annual = situation.annual_resources
    content: dict[str, Any] = {
        "care_type": told_input(situation.care_type.value, declared),
        "children": told_input(situation.children, certified),
        "aeeh_children": told_input(situation.aeeh_children, certified),
        "annual_resources_cents": told_input(None if annual is None else annual.cents, certified)
        | {"year": resources_year},
        "monthly_hours": told_input(_text(situation.monthly_hours), declared),
        "contract": told_input(_contract(situation.contract), declared),
    }
    if tariff.surcharge is not None and tariff.surcharge.when is When.NON_RESIDENT:
        content["resident"] = told_input(situation.resident.value, declared)
    return content


def situation_of(inputs: Mapping[str, Any]) -> Situation:
    """The situation that a record's inputs tell."""
    hours, contract = inputs["monthly_hours"]["value"], inputs["contract"]["value"]
    annual = inputs["annual_resources_cents"]["value"]
    return Situation(
        care_type=CareType(inputs["care_type"]["value"]),
        children=inputs["children"]["value"],
        aeeh_children=inputs["aeeh_children"]["value"],
        annual_resources=None if annual is None else Money(annual),
        monthly_hours=None if hours is None else Decimal(hours),
        contract=contract and Contract(Decimal(contract["hours"]), contract["instalments"]),
        resident=Verdict(inputs["resident"]["value"]) if "resident" in inputs else Verdict.UNKNOWN,
    )


def fee(fee: Fee) -> dict[str, Any]:
    """The fee; lines and what stood in for resources only when there are any."""
    content: dict[str, Any] = {
        "hourly_cents": fee.hourly.cents,
        "monthly_cents": None if fee.monthly is None else fee.monthly.cents,
        "rounding": fee.rounding.value,
        "stage": fee.stage.value,
    }
    if fee.lines:
        content["lines"] = [line.as_json() for line in fee.lines]
    if fee.provisional is not None:
        content["provisional"] = str(fee.provisional)
    return content


def parameters(fee: Fee, tariff: PsuTariff, care_type: str) -> dict[str, Any]:
    """The values that were applied to this family, each with its source."""
    applied = _priced(fee, tariff, care_type)
    if fee.lines and tariff.surcharge is not None:
        value = tariff.surcharge.amount or f"{tariff.surcharge.percent} %"
        applied["surcharge"] = (str(value), tariff.surcharge)
    applied["rounding"] = (tariff.rounding.mode.value, tariff.rounding)
    applied["stage"] = (tariff.rounding.stage.value, tariff.rounding)
    return {
        name: {"value": value, **sourced.model_dump(mode="json", include=_SAID)}
        for name, (value, sourced) in applied.items()
    }


def _priced(fee: Fee, tariff: PsuTariff, care_type: str) -> dict[str, tuple[str, Sourced]]:
    if fee.provisional == FIXED_PRICE and isinstance(tariff.missing_data, FixedPrice):
        return {"missing_data": (str(tariff.missing_data.price), tariff.missing_data)}
    bounds, ceiling = tariff.monthly_resources, tariff.ceiling
    applied: dict[str, tuple[str, Sourced]] = {
        "floor": (str(bounds.floor.value), bounds.floor),
        "ceiling": (str(ceiling.value), ceiling),
        "rate": (str(fee.rate), tariff.care[CareType(care_type)]),
        "aeeh": (tariff.aeeh.shift, tariff.aeeh),
    }
    if tariff.local_ceiling is not None:
        applied["national_ceiling"] = (str(bounds.ceiling.value), bounds.ceiling)
    return applied


def _contract(contract: Contract | None) -> dict[str, Any] | None:
    if contract is None:
        return None
    return {"hours": str(contract.hours), "instalments": contract.instalments}


def _text(hours: Decimal | None) -> str | None:
    return None if hours is None else str(hours)
