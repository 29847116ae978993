"""The parts of a decision's record that are a local tariff's own."""

from collections.abc import Mapping
from typing import Any

from services.tariff.engine.fee import LocalFee
from services.tariff.engine.household import LocalSituation
from services.tariff.engine.local_inputs import CERTIFIED, FIELDS, written
from services.tariff.engine.local_inputs import (
    situation_of as situation_of,  # noqa: PLC0414 - the way back
)
from services.tariff.engine.needs import names_of, needs
from services.tariff.engine.origin import Origin, told, told_input
from services.tariff.language.local import LocalTariff

_OF_A_YEAR = {"income_of_reference", "annual_resources"}


def inputs(
    situation: LocalSituation,
    tariff: LocalTariff,
    *,
    evidence: Origin,
    application: Origin,
    resources_year: int | None,
    origins: Mapping[str, Origin],
) -> dict[str, Any]:
    """What the decision rests on, and no figure that the tariff does not use."""
    asked, content = needs(tariff), {}
    for field in (field for field in FIELDS if field in asked):
        name, value = written(situation, field)
        if field in {"granted", "denied"}:
            value = [one for one in value if one in names_of(tariff)]
        usual = evidence if field in CERTIFIED else application
        content[name] = told_input(value, told(origins.get(field, usual)))
        if field in _OF_A_YEAR:
            content[name]["year"] = resources_year
    return content


def fee(fee: LocalFee) -> dict[str, Any]:
    """The fee, line by line; `provisional` is null when every figure was known."""
    return {
        "unit": fee.unit.value,
        "price_cents": fee.price.cents,
        "monthly_cents": None if fee.monthly is None else fee.monthly.cents,
        "lines": [line.as_json() for line in fee.lines],
        "rounding": fee.rounding.value,
        "stage": fee.stage.value,
        "provisional": None if fee.provisional is None else str(fee.provisional),
    }
