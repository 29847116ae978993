"""The record of a decision: all that is needed to read it, check it and replay it years later.

It is JSON without floats: cents and counts are integers, exact numbers are strings. The same
inputs give the same bytes through `shared.canonical.canonical_json`.
"""

from collections.abc import Mapping
from datetime import date
from typing import Any

from services.tariff.engine import local_record, psu_record
from services.tariff.engine.decide import ENGINE_VERSION, decide
from services.tariff.engine.fee import Fee, LocalFee, NoFee, NotAwarded, Outcome
from services.tariff.engine.household import LocalSituation
from services.tariff.engine.origin import Declared as Declared  # noqa: PLC0414 - part of a record
from services.tariff.engine.origin import DeclaredSource as DeclaredSource  # noqa: PLC0414 - idem
from services.tariff.engine.origin import Origin
from services.tariff.engine.situation import Situation
from services.tariff.language.local import LocalTariff
from services.tariff.language.psu import PsuTariff
from services.tariff.language.tariff import Tariff
from services.tariff.language.words import Stage, Unit
from shared.canonical import canonical_json
from shared.errors import TariffError
from shared.money import Money, Rounding

_FORMAT = "berceau-decision/1"
_NONE: dict[str, Origin] = {}


def decision_record(
    situation: Situation | LocalSituation,
    outcome: Outcome,
    *,
    tariff: Tariff,
    on: date,
    evidence: Origin,
    application: Origin,
    resources_year: int | None = None,
    origins: Mapping[str, Origin] = _NONE,
) -> dict[str, Any]:
    """The content of a decision, as JSON values.

    `evidence` is where resources, quotients, parts and counts of children come from, `application`
    where all else does, and `origins` says otherwise for single fields of a local situation;
    `resources_year` is the year that the evidence gives with the resources. `outcome` is what
    `decide` gave for this situation and tariff on this day.

    Raises:
        TariffError: when the tariff is not for such a situation.
    """
    match situation, tariff:
        case Situation(), PsuTariff():
            inputs = psu_record.inputs(situation, tariff, evidence, application, resources_year)
        case LocalSituation(), LocalTariff():
            inputs = local_record.inputs(
                situation,
                tariff,
                evidence=evidence,
                application=application,
                resources_year=resources_year,
                origins=origins,
            )
        case _:
            raise TariffError(f"Le barème {tariff.id} ne s'applique pas à ces données.")
    return _record(inputs, outcome, tariff=tariff, on=on)


def replay(record: Mapping[str, Any], tariff: Tariff) -> bytes:
    """Decide again from a record's inputs; the canonical bytes that its record should have.

    They equal `canonical_json(record)` when, and only when, the engine, the tariff and every
    figure of the record agree.

    Raises:
        TariffError: when the tariff was not in force on the day of the record.
    """
    on = date.fromisoformat(record["on"])
    fee = record["fee"] or {}
    rounding = Rounding(fee.get("rounding", tariff.rounding.mode))
    stage = Stage(fee.get("stage", tariff.rounding.stage))
    outcome: Outcome
    if isinstance(tariff, PsuTariff):
        situation = psu_record.situation_of(record["inputs"])
        outcome = decide(situation, tariff, on, rounding=rounding, stage=stage)
    else:
        household = local_record.situation_of(record["inputs"])
        outcome = decide(household, tariff, on, rounding=rounding, stage=stage)
    return canonical_json(_record(record["inputs"], outcome, tariff=tariff, on=on))


def told_price(record: Mapping[str, Any]) -> tuple[Money, Unit] | None:
    """The price of a unit that a record tells, whichever its method; None when it has no fee."""
    fee = record["fee"]
    if fee is None:
        return None
    if "hourly_cents" in fee:
        return Money(fee["hourly_cents"]), Unit.HOUR
    return Money(fee["price_cents"]), Unit(fee["unit"])


def told_month(record: Mapping[str, Any]) -> Money | None:
    """The amount of a month that a record tells; None when it tells none."""
    cents = None if record["fee"] is None else record["fee"]["monthly_cents"]
    return None if cents is None else Money(cents)


def _record(
    inputs: Mapping[str, Any], outcome: Outcome, *, tariff: Tariff, on: date
) -> dict[str, Any]:
    return {
        "format": _FORMAT,
        "engine": ENGINE_VERSION,
        "on": on.isoformat(),
        "tariff": _tariff(tariff),
        "inputs": dict(inputs),
        "parameters": _parameters(inputs, outcome, tariff),
        "operations": [operation.as_json() for operation in outcome.operations],
        **_outcome(outcome),
    }


def _outcome(outcome: Outcome) -> dict[str, Any]:
    match outcome:
        case Fee():
            return {"fee": psu_record.fee(outcome)}
        case LocalFee():
            return {"fee": local_record.fee(outcome)}
        case NoFee(reason=reason):
            return {"fee": None, "no_fee": {"reason": reason.value}}
        case NotAwarded(ground=ground):
            return {"fee": None, "not_awarded": {"ground": ground.value}}


def _parameters(inputs: Mapping[str, Any], outcome: Outcome, tariff: Tariff) -> dict[str, Any]:
    """The values that were applied to this family, each with its source."""
    if isinstance(outcome, Fee) and isinstance(tariff, PsuTariff):
        return psu_record.parameters(outcome, tariff, inputs["care_type"]["value"])
    if isinstance(outcome, Fee):
        raise TariffError(f"Le barème {tariff.id} n'est pas un barème PSU.")
    return {parameter.name: parameter.as_json() for parameter in outcome.parameters}


def _tariff(tariff: Tariff) -> dict[str, Any]:
    told = {
        "id": tariff.id,
        "title": tariff.title,
        "authority": tariff.authority,
        "version": tariff.version,
        "digest": tariff.digest,
        "valid_from": tariff.valid_from.isoformat(),
        "valid_to": None if tariff.valid_to is None else tariff.valid_to.isoformat(),
        "legal_basis": tariff.legal_basis,
    }
    return told if isinstance(tariff, PsuTariff) else told | {"method": tariff.method.value}
