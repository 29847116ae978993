"""The record of a decision: all that is needed to read it, check it and replay it years later.

It is JSON without floats: cents and counts are integers, exact numbers are strings. The same
inputs give the same bytes through `shared.canonical.canonical_json`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any

from services.tariff.engine.decide import ENGINE_VERSION, decide
from services.tariff.engine.fee import Fee
from services.tariff.engine.situation import Contract, Situation
from services.tariff.language.psu import PsuTariff
from services.tariff.language.tariff import Tariff
from services.tariff.language.words import Stage
from shared.application import CareType
from shared.canonical import canonical_json
from shared.errors import TariffError
from shared.evidence import Provenance
from shared.money import Money, Rounding

_FORMAT = "berceau-decision/1"


class DeclaredSource(StrEnum):
    """Who said a figure that nobody certified."""

    APPLICATION = "application"  # the family, in its application
    COMMAND_LINE = "command_line"  # whoever asked for a quote


@dataclass(frozen=True, slots=True)
class Declared:
    """Where an uncertified input comes from, and when (UTC) it was received."""

    source: DeclaredSource
    received_at: datetime | None = None


def decision_record(
    situation: Situation,
    fee: Fee,
    *,
    tariff: Tariff,
    on: date,
    evidence: Provenance | Declared,
    application: Declared,
    resources_year: int | None = None,
) -> dict[str, Any]:
    """The content of a decision, as JSON values.

    `evidence` is where resources and counts of children come from, `application` where the care
    and its hours do; `resources_year` is the year that the evidence gives with the resources.
    `fee` is what `decide` gave for this situation and tariff on this day.
    """
    certified, declared = _provenance(evidence), _provenance(application)
    inputs: dict[str, Any] = {
        "care_type": _input(situation.care_type.value, declared),
        "children": _input(situation.children, certified),
        "aeeh_children": _input(situation.aeeh_children, certified),
        "annual_resources_cents": _input(situation.annual_resources.cents, certified)
        | {"year": resources_year},
        "monthly_hours": _input(_text(situation.monthly_hours), declared),
        "contract": _input(_contract(situation.contract), declared),
    }
    return _record(inputs, fee, tariff=tariff, situation=situation, on=on)


def replay(record: Mapping[str, Any], tariff: Tariff) -> bytes:
    """Decide again from a record's inputs; the canonical bytes that its record should have.

    They equal `canonical_json(record)` when, and only when, the engine, the tariff and every
    figure of the record agree.

    Raises:
        TariffError: when the tariff was not in force on the day of the record.
    """
    situation = _situation(record["inputs"])
    on = date.fromisoformat(record["on"])
    rounding, stage = Rounding(record["fee"]["rounding"]), Stage(record["fee"]["stage"])
    fee = decide(situation, tariff, on, rounding=rounding, stage=stage)
    return canonical_json(_record(record["inputs"], fee, tariff=tariff, situation=situation, on=on))


def _record(
    inputs: Mapping[str, Any], fee: Fee, *, tariff: Tariff, situation: Situation, on: date
) -> dict[str, Any]:
    return {
        "format": _FORMAT,
        "engine": ENGINE_VERSION,
        "on": on.isoformat(),
        "tariff": _tariff(tariff),
        "inputs": dict(inputs),
        "parameters": _parameters(fee, tariff, situation.care_type),
        "operations": [operation.as_json() for operation in fee.operations],
        "fee": {
            "hourly_cents": fee.hourly.cents,
            "monthly_cents": None if fee.monthly is None else fee.monthly.cents,
            "rounding": fee.rounding.value,
            "stage": fee.stage.value,
        },
    }


def _tariff(tariff: Tariff) -> dict[str, Any]:
    return {
        "id": tariff.id,
        "title": tariff.title,
        "authority": tariff.authority,
        "version": tariff.version,
        "digest": tariff.digest,
        "valid_from": tariff.valid_from.isoformat(),
        "valid_to": None if tariff.valid_to is None else tariff.valid_to.isoformat(),
        "legal_basis": tariff.legal_basis,
    }


def _parameters(fee: Fee, tariff: Tariff, care_type: CareType) -> dict[str, Any]:
    """The values that were applied to this family, each with its source."""
    if not isinstance(tariff, PsuTariff):
        raise TariffError(f"Le barème {tariff.id} n'est pas un barème PSU.")
    bounds = tariff.monthly_resources
    said = {"source", "certainty", "note"}
    return {
        name: {"value": value, **sourced.model_dump(mode="json", include=said)}
        for name, value, sourced in (
            ("floor", str(bounds.floor.value), bounds.floor),
            ("ceiling", str(bounds.ceiling.value), bounds.ceiling),
            ("rate", str(fee.rate), tariff.care[care_type]),
            ("aeeh", tariff.aeeh.shift, tariff.aeeh),
            ("rounding", tariff.rounding.mode.value, tariff.rounding),
            ("stage", tariff.rounding.stage.value, tariff.rounding),
        )
    }


def _input(value: object, provenance: Mapping[str, Any]) -> dict[str, Any]:
    return {"value": value, "provenance": dict(provenance)}


def _provenance(origin: Provenance | Declared) -> dict[str, Any]:
    match origin:
        case Provenance():
            return {"kind": "certified", **origin.model_dump(mode="json")}
        case Declared(source, received_at):
            at = None if received_at is None else received_at.isoformat()
            return {"kind": "declared", "source": source.value, "received_at": at}


def _contract(contract: Contract | None) -> dict[str, Any] | None:
    if contract is None:
        return None
    return {"hours": str(contract.hours), "instalments": contract.instalments}


def _text(hours: Decimal | None) -> str | None:
    return None if hours is None else str(hours)


def _situation(inputs: Mapping[str, Any]) -> Situation:
    hours, contract = inputs["monthly_hours"]["value"], inputs["contract"]["value"]
    return Situation(
        care_type=CareType(inputs["care_type"]["value"]),
        children=inputs["children"]["value"],
        aeeh_children=inputs["aeeh_children"]["value"],
        annual_resources=Money(inputs["annual_resources_cents"]["value"]),
        monthly_hours=None if hours is None else Decimal(hours),
        contract=contract and Contract(Decimal(contract["hours"]), contract["instalments"]),
    )
