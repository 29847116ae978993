"""The inputs of a decision under a local tariff, as JSON values, and back."""

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

from services.tariff.engine.household import LocalSituation, Quotient, Regime
from services.tariff.engine.situation import Contract
from shared.decisions import Verdict
from shared.money import Money

Write = Callable[[Any], Any]


def _cents(money: Money | None) -> int | None:
    return None if money is None else money.cents


def _money(cents: int | None) -> Money | None:
    return None if cents is None else Money(cents)


def _text(number: Decimal | None) -> str | None:
    return None if number is None else str(number)


def _number(text: str | None) -> Decimal | None:
    return None if text is None else Decimal(text)


def _contract(contract: Contract | None) -> dict[str, Any] | None:
    if contract is None:
        return None
    return {"hours": str(contract.hours), "instalments": contract.instalments}


def _read_contract(told: Mapping[str, Any] | None) -> Contract | None:
    return None if told is None else Contract(Decimal(told["hours"]), told["instalments"])


def _quotients(quotients: tuple[Quotient, ...]) -> list[dict[str, Any]]:
    return [{"month": quotient.month, "cents": quotient.value.cents} for quotient in quotients]


def _read_quotients(told: list[Mapping[str, Any]]) -> tuple[Quotient, ...]:
    return tuple(Quotient(one["month"], Money(one["cents"])) for one in told)


def _same(value: Any) -> Any:  # noqa: ANN401 -- counts, or nothing
    return value


# field of the situation: its name in the record, how it is written, how it is read
_FIELDS: dict[str, tuple[str, Write, Write]] = {
    "quotients": ("quotients", _quotients, _read_quotients),
    "income_of_reference": ("income_of_reference_cents", _cents, _money),
    "parts_hundredths": ("parts_hundredths", _same, _same),
    "annual_resources": ("annual_resources_cents", _cents, _money),
    "children": ("children", _same, _same),
    "aeeh_children": ("aeeh_children", _same, _same),
    "resident": ("resident", str, Verdict),
    "rank": ("rank", _same, _same),
    "regime": ("regime", _same, lambda told: told and Regime(told)),
    "granted": ("granted", sorted, frozenset),
    "denied": ("denied", sorted, frozenset),
    "units": ("monthly_units", _text, _number),
    "monthly_hours": ("monthly_hours", _text, _number),
    "contract": ("contract", _contract, _read_contract),
}
CERTIFIED = frozenset(
    {
        "quotients",
        "income_of_reference",
        "parts_hundredths",
        "annual_resources",
        "children",
        "aeeh_children",
    }
)
"""The fields that come with the evidence; the others come with the application."""
FIELDS = tuple(_FIELDS)


def written(situation: LocalSituation, field: str) -> tuple[str, Any]:
    """The name of a field in the record, and its JSON value."""
    name, write, _ = _FIELDS[field]
    return name, write(getattr(situation, field))


def situation_of(inputs: Mapping[str, Any]) -> LocalSituation:
    """The situation that a record's inputs tell; what it does not tell counted for nothing."""
    told = {
        field: read(inputs[name]["value"])
        for field, (name, _, read) in _FIELDS.items()
        if name in inputs
    }
    return LocalSituation(**told)
