"""The golden corpus: what an engine of version 1 decided, it decides again byte for byte."""

import hashlib
import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from itertools import product
from pathlib import Path
from typing import Any

import pytest
import yaml

from services.tariff.engine.decide import ENGINE_VERSION, decide
from services.tariff.engine.record import Declared, DeclaredSource, decision_record, replay
from services.tariff.engine.situation import Contract, Situation
from services.tariff.language.national import load_national_scale
from services.tariff.language.tariff import Tariff
from services.tariff.language.words import Stage
from shared.application import CareType
from shared.canonical import canonical_json
from shared.money import Money, Rounding

_FOLDER = Path(__file__).parents[2] / "cases" / f"engine_{ENGINE_VERSION}"
_PERIODS = yaml.safe_load((_FOLDER / "psu.yaml").read_text("utf-8"))
_RECORDS = (_FOLDER / "records.txt").read_text("utf-8").splitlines()
_SAID = Declared(DeclaredSource.APPLICATION, datetime(2026, 11, 20, 9, 30, tzinfo=UTC))
_RESOURCES = (-500_000, 0, 1_234_567, 4_092_300, 7_000_007, 20_000_000)
_HOURS: tuple[dict[str, Any], ...] = (
    {},
    {"monthly_hours": Decimal("126.50")},
    {"contract": Contract(Decimal("1518.00"), 11)},
)
_STAGES = (Stage.HOUR, Stage.MONTH)


def _situations() -> Iterator[Situation]:
    for care, children, aeeh, annual, hours in product(
        CareType, (1, 2, 3, 4, 6, 8), (0, 1), _RESOURCES, _HOURS
    ):
        yield Situation(
            care_type=care,
            children=children,
            aeeh_children=aeeh,
            annual_resources=Money(annual),
            **hours,
        )


def _record(n: int, situation: Situation, tariff: Tariff) -> bytes:
    on = tariff.valid_from + timedelta(days=n % 28)
    rounding, stage = list(Rounding)[n % 3], _STAGES[n % 2]
    return canonical_json(
        decision_record(
            situation,
            decide(situation, tariff, on, rounding=rounding, stage=stage),
            tariff=tariff,
            on=on,
            evidence=_SAID,
            application=_SAID,
            resources_year=on.year - 2,
        )
    )


@pytest.mark.parametrize("period", _PERIODS, ids=[period["version"] for period in _PERIODS])
def test_a_period_and_its_decisions_are_what_they_were(period: dict[str, str]) -> None:
    """The tariff's digest, and each byte of 648 records."""
    tariff = load_national_scale().version(period["version"])
    corpus = hashlib.sha256()
    for n, situation in enumerate(_situations()):
        corpus.update(_record(n, situation, tariff))

    assert period == {
        "version": tariff.version,
        "digest": tariff.digest,
        "corpus": corpus.hexdigest(),
    }


@pytest.mark.parametrize("line", _RECORDS, ids=[f"record-{n}" for n, _ in enumerate(_RECORDS)])
def test_a_record_is_replayed_byte_for_byte(line: str) -> None:
    """From its inputs and the version of the tariff that it names."""
    record = json.loads(line)
    tariff = load_national_scale().version(record["tariff"]["version"])

    assert line.encode() == replay(record, tariff)
