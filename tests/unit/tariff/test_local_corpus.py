"""The golden corpus of local tariffs: what was decided under each that ships comes out the same."""

import hashlib
import json
from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal
from itertools import product
from pathlib import Path

import pytest
import yaml

from services.tariff.engine.decide import ENGINE_VERSION, decide
from services.tariff.engine.household import LocalSituation, Quotient, Regime
from services.tariff.engine.needs import names_of
from services.tariff.engine.record import Declared, DeclaredSource, decision_record, replay
from services.tariff.language.local import LocalTariff
from services.tariff.language.national import load_shipped_scale, shipped_ids
from shared.canonical import canonical_json
from shared.decisions import Verdict
from shared.money import Money

_FOLDER = Path(__file__).parents[2] / "cases" / f"engine_{ENGINE_VERSION}"
_PERIODS = yaml.safe_load((_FOLDER / "local.yaml").read_text("utf-8"))
_RECORDS = (_FOLDER / "local_records.txt").read_text("utf-8").splitlines()
_SAID = Declared(DeclaredSource.APPLICATION, datetime(2026, 11, 20, 9, 30, tzinfo=UTC))
_EUROS = (0, 399, 400, 650, 800, 1_150, 1_900, 25_000)


def _families(tariff: LocalTariff) -> Iterator[LocalSituation]:
    """Levels and edges, resident or not, ranks and funds; with units, and without."""
    month = f"{tariff.valid_from:%Y-%m}"
    for euros, resident, rank, regime in product(_EUROS, Verdict, (1, 2, 3), (Regime.CAF, None)):
        yield LocalSituation(
            quotients=(Quotient(month, Money.of_euros(euros)),),
            income_of_reference=Money.of_euros(12 * euros),
            annual_resources=Money.of_euros(12 * euros),
            parts_hundredths=100 + 50 * rank,
            children=rank,
            aeeh_children=0,
            resident=resident,
            rank=rank,
            regime=regime,
            granted=names_of(tariff),
            units=Decimal("12.5") if rank == 1 else None,
        )


def _records(tariff: LocalTariff) -> Iterator[bytes]:
    on = tariff.valid_from
    for family in _families(tariff):
        outcome = decide(family, tariff, on)
        yield canonical_json(
            decision_record(
                family, outcome, tariff=tariff, on=on, evidence=_SAID, application=_SAID
            )
        )


def _tariffs() -> Iterator[LocalTariff]:
    for name in shipped_ids():
        yield from (t for t in load_shipped_scale(name).tariffs if isinstance(t, LocalTariff))


def _period(tariff: LocalTariff) -> dict[str, str]:
    corpus = hashlib.sha256()
    for record in _records(tariff):
        corpus.update(record)
    told = {"id": tariff.id, "version": tariff.version, "digest": tariff.digest}
    return told | {"corpus": corpus.hexdigest()}


def test_every_shipped_period_is_in_the_corpus() -> None:
    """One that is added is frozen with it."""
    assert [(t.id, t.version) for t in _tariffs()] == [(p["id"], p["version"]) for p in _PERIODS]


@pytest.mark.parametrize(
    "period", _PERIODS, ids=lambda period: f"{period['id']}-{period['version']}"
)
def test_a_period_and_its_decisions_are_what_they_were(period: dict[str, str]) -> None:
    """The tariff's digest, and each byte of 144 records, refusals included."""
    tariff = load_shipped_scale(period["id"]).version(period["version"])
    assert isinstance(tariff, LocalTariff)

    assert period == _period(tariff)


@pytest.mark.parametrize("line", _RECORDS, ids=[f"record-{n}" for n, _ in enumerate(_RECORDS)])
def test_a_record_is_replayed_byte_for_byte(line: str) -> None:
    """From its inputs and the version of the tariff that it names."""
    record = json.loads(line)
    tariff = load_shipped_scale(record["tariff"]["id"]).version(record["tariff"]["version"])

    assert line.encode() == replay(record, tariff)
