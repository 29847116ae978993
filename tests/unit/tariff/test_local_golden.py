"""Local tariffs that ship give the published prices, and the right ones on every edge.

The cases are tables in `tests/cases`, with their sources; `not_priced.yaml` names what was read and
that no case prices.
"""

import csv
from collections import Counter
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from services.tariff.engine.decide import decide
from services.tariff.engine.fee import LocalFee, NoFee, NotAwarded, Outcome, exact
from services.tariff.language.local import BandsTariff, MeasuredTariff
from services.tariff.language.national import load_shipped_scale, shipped_ids
from services.tariff.language.policies import Policy
from services.tariff.language.words import MeasureKind, Method
from tests.unit.tariff.local_cases import Case, read, situation_of, tariff_of

_PUBLISHED = read("local_published.yaml")
_EDGES = read("local_edges.yaml")
_COLLECTED = Path(__file__).parents[4] / "shared" / "data" / "worked_examples.csv"
_TABLES = ("psu_hourly", "psu_month", "psu_rate", "psu_derived", "overruns", "not_priced")
_HOLE, _NOTHING = "none", "0.00"


def _outcome(tariff_id: str, family: Case, on: date, *, own: Case | None = None) -> Outcome:
    tariff = tariff_of(tariff_id, on, own=own)
    return decide(situation_of(family, on), tariff, on)


def _told(outcome: Outcome) -> str:
    """The price in euros; `none` for a hole of the grid, 0.00 for an aid that is not awarded."""
    match outcome:
        case NoFee(reason=Policy.NO_BAND):
            return _HOLE
        case NotAwarded():
            return _NOTHING
        case LocalFee(price=price):
            return str(price)
        case _:
            return f"unexpected: {outcome}"


def _published() -> Iterator[tuple[Case, str]]:
    yield from ((case, tariff) for case in _PUBLISHED for tariff in case["prices"])


@pytest.mark.parametrize(
    ("case", "tariff"), list(_published()), ids=[f"{case['id']}-{t}" for case, t in _published()]
)
def test_a_price_is_the_published_one(case: Case, tariff: str) -> None:
    """To the cent, from what the page states of the family; a hole goes to an agent."""
    outcome = _outcome(tariff, case["family"], case["day"], own=case.get("own"))

    assert case["prices"][tariff] == _told(outcome)
    if "exact" in case:
        assert isinstance(outcome, LocalFee)
        assert case["exact"] == exact(outcome.price_exact)


def _at_edge(edge: Case, level: str) -> Case:
    """The family that stands at a level of what the tariff measures."""
    usual: Case = edge.get("usual", {})
    match edge["by"]:
        case "quotient":
            return usual | {"quotient": level}
        case "income_of_reference":
            return usual | {"income_of_reference": level}
        case _:
            return usual | {"income_of_reference": str(12 * Decimal(level)), "parts": "1"}


@pytest.mark.parametrize("edge", _EDGES, ids=[f"{e['tariff']}-{e['day']}" for e in _EDGES])
def test_every_edge_of_a_grid_is_exact(edge: Case) -> None:
    """On either side of each bound, to the euro or to the cent."""
    expected = {str(level): price for level, price in edge["edges"].items()}

    assert expected == {
        level: _told(_outcome(edge["tariff"], _at_edge(edge, level), edge["day"]))
        for level in expected
    }


def _modified() -> Iterator[tuple[Case, Case]]:
    yield from ((edge, case) for edge in _EDGES for case in edge.get("modified", ()))


@pytest.mark.parametrize(
    ("edge", "case"),
    list(_modified()),
    ids=[f"{edge['tariff']}-{n}" for n, (edge, _) in enumerate(_modified())],
)
def test_every_modifier_is_exact(edge: Case, case: Case) -> None:
    """Residence, rank, children, fund, conditions; and the month of so many units."""
    outcome = _outcome(edge["tariff"], case["family"], edge["day"])

    assert case["price"] == _told(outcome)
    if isinstance(outcome, LocalFee):
        assert case.get("provisional", False) is (outcome.provisional is not None)
        assert case.get("month", str(outcome.monthly)) == str(outcome.monthly)


def test_every_shipped_local_tariff_has_its_edges() -> None:
    """Each period of each; a grid without a case of its own could be wrong for years."""
    tried = {(e["tariff"], tariff_of(e["tariff"], e["day"]).version) for e in _EDGES}
    shipped = {
        (tariff.id, tariff.version)
        for id_ in shipped_ids()
        for tariff in load_shipped_scale(id_).tariffs
        if tariff.method is not Method.PSU
    }

    assert shipped == tried


def _bands_missed(edge: Case) -> Iterator[tuple[str, str]]:
    """The prices of a grid, or its hole, that no edge of the case falls on."""
    tariff = tariff_of(edge["tariff"], edge["day"])
    if not isinstance(tariff, BandsTariff) or edge.get("partial", False):
        return
    tried = set(edge["edges"].values())
    for band in tariff.bands.grid:
        price = _HOLE if band.price is None else f"{band.price:.2f}"
        if price not in tried:
            yield tariff.id, price


def test_every_band_of_a_shipped_grid_is_tried() -> None:
    """The edges of a case fall in each band, holes included."""
    assert [] == [missed for edge in _EDGES for missed in _bands_missed(edge)]


def _by_quotient() -> Iterator[tuple[str, date]]:
    """Each shipped tariff that reads a quotient, and its last first day."""
    for tariff in (load_shipped_scale(id_).tariffs[-1] for id_ in shipped_ids()):
        if (
            isinstance(tariff, MeasuredTariff)
            and tariff.measure.kind is MeasureKind.QUOTIENT_FAMILIAL
        ):
            yield tariff.id, tariff.valid_from


def test_a_quotient_of_zero_goes_to_an_agent() -> None:
    """Old gateways said 0 for what they did not know; one curve only was published from 0 on."""
    outcomes = {id_: _outcome(id_, {"quotient": "0"}, on) for id_, on in _by_quotient()}

    assert {"yvelines-pause-meridienne"} == {
        id_ for id_, outcome in outcomes.items() if not isinstance(outcome, NoFee)
    }


def test_every_collected_example_is_computed_or_named() -> None:
    """No example is in two tables, and none of those collected is forgotten."""
    tables = [case["id"] for name in _TABLES for case in read(f"{name}.yaml")]
    told = Counter(id_ for id_ in [*tables, *(case["id"] for case in _PUBLISHED)] if id_[0] == "W")
    known = set(told)
    if _COLLECTED.exists():
        with _COLLECTED.open(encoding="utf-8", newline="") as lines:
            known = {line["id"] for line in csv.DictReader(lines)}

    assert dict.fromkeys(sorted(known), 1) == dict(sorted(told.items()))


def test_every_case_names_its_source() -> None:
    """A golden case without a source proves nothing, nor does an absence without a reason."""
    assert all(case["source"] and case["quote"] for case in _PUBLISHED)
    assert all(edge["grid"] for edge in _EDGES)
    assert all(other["source"] and other["reason"] for other in read("not_priced.yaml"))
