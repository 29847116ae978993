"""The families of the golden cases of local tariffs, as the engine knows them; their tariffs."""

from datetime import date
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from services.tariff.engine.household import LocalSituation, Quotient, Regime
from services.tariff.language.national import load_shipped_scale, shipped_ids
from services.tariff.language.reading import read_tariff
from services.tariff.language.tariff import Tariff
from shared.decisions import Verdict
from shared.money import Money

CASES = Path(__file__).parents[2] / "cases"
Case = dict[str, Any]


def read(name: str) -> list[Case]:
    """The cases of one table."""
    cases: list[Case] = yaml.safe_load((CASES / name).read_text(encoding="utf-8"))
    return cases


@cache
def _own(tariff_id: str) -> Tariff:
    file = CASES / "tariffs" / f"{tariff_id}.yaml"
    return read_tariff(file.read_text(encoding="utf-8"), file=file.name)


def tariff_of(tariff_id: str, on: date, *, own: Case | None = None) -> Tariff:
    """The tariff that ships, else the cases' own; `own` are words that an example puts in it."""
    if tariff_id in shipped_ids():
        return load_shipped_scale(tariff_id).in_force(on)
    tariff = _own(tariff_id)
    return type(tariff).model_validate(_merged(tariff.content, own or {}))


def _merged(words: Case, own: Case) -> Case:
    """Words with others in their place, as deep as these go."""
    inner = {
        key: _merged(words.get(key, {}), value) if isinstance(value, dict) else value
        for key, value in own.items()
    }
    return words | inner


def situation_of(family: Case, on: date) -> LocalSituation:
    """What a case states of a family; the usual one is resident, with one child, its first."""
    return LocalSituation(
        quotients=_quotients(family.get("quotient"), on),
        income_of_reference=_money(family.get("income_of_reference")),
        annual_resources=_money(family.get("resources_year")),
        parts_hundredths=int(100 * Decimal(family["parts"])) if "parts" in family else None,
        children=family.get("children", 1),
        aeeh_children=0,
        resident=Verdict.YES if family.get("resident", True) else Verdict.NO,
        rank=family.get("rank", 1),
        regime=Regime.OTHER if family.get("other_fund") else Regime.CAF,
        granted=frozenset(family.get("granted", ())),
        units=Decimal(family["units"]) if "units" in family else None,
    )


def _quotients(value: str | None, on: date) -> tuple[Quotient, ...]:
    return () if value is None else (Quotient(f"{on:%Y-%m}", Money.parse(value)),)


def _money(value: str | None) -> Money | None:
    return None if value is None else Money.parse(value)
