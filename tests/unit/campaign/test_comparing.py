"""What a report counts: pure, from made-up contents."""

import json
from pathlib import Path

import pytest

from services.command.campaign import sheet
from services.command.campaign.comparing import Amounts, Compared, amounts_of, owed_of, sum_owed
from services.command.campaign.report_words import report_lines
from services.command.campaign.tally import Tally, bracket_of, limit_of
from services.command.records.faults import RecordsError


def _one(was: int | None, now: int | None, **changes: object) -> Compared:
    values = {
        "reference": "R-1",
        "structure": "Les Mésanges",
        "status": "DECIDED",
        "reason": None,
        "before_version": 1,
        "before": Amounts(monthly_cents=was),
        "version": 2,
        "valid_from": "2027-01-01",
        "kind": "fee",
        "after": Amounts(monthly_cents=now),
    }
    return Compared(**{**values, **changes})  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("fee", "amounts"),
    [
        ({"hourly_cents": 206, "monthly_cents": 28_428}, Amounts(206, "hour", 28_428)),
        ({"unit": "meal", "price_cents": 314, "monthly_cents": None}, Amounts(314, "meal", None)),
        (None, Amounts()),
    ],
)
def test_amounts_are_read_whatever_the_method(fee: object, amounts: Amounts) -> None:
    """PSU by the hour, a local tariff in its unit, no fee at all."""
    assert amounts == amounts_of(json.dumps({"record": {"fee": fee}}).encode())


def test_a_decision_without_record_has_no_amount() -> None:
    """An agent may have settled it without any computation."""
    assert Amounts() == amounts_of(b'{"record": null}')


def test_what_is_owed_is_read_where_it_is_told() -> None:
    """Older contents tell nothing."""
    told = {"decision": {"difference": {"months": 2, "owed_cents": -1_200}}}

    assert (-1_200, None) == (owed_of(json.dumps(told).encode()), owed_of(b'{"record": null}'))
    assert (-200, None) == (sum_owed([-1_200, None, 1_000]), sum_owed([None]))


def test_the_month_is_compared_or_else_the_price() -> None:
    """And nothing where one of the two is not known."""
    by_price = _one(None, None, before=Amounts(314, "meal"), after=Amounts(330, "meal"))

    differences = [_one(100, 90).difference_cents, by_price.difference_cents]
    assert [-10, 16] == differences
    assert _one(None, 90).difference_cents is None
    assert _one(100, 90, after=None).difference_cents is None


@pytest.mark.parametrize(
    ("difference", "bracket"),
    [(1, 0), (500, 0), (501, 1), (-2_000, 1), (5_000, 2), (10_000, 3), (10_001, 4), (-99_999, 4)],
)
def test_a_bound_is_in_its_bracket(difference: int, bracket: int) -> None:
    """Whatever the sign; the last is open."""
    assert bracket == bracket_of(difference)
    assert (500, None) == (limit_of(0), limit_of(4))


def test_a_tally_counts_each_member_once() -> None:
    """Who changes, why, which way, by how much, where, and what is owed."""
    tally = Tally()
    tally.add(_one(10_000, 10_300, because=("resources",), owed_cents=600))
    tally.add(_one(10_000, 4_000, because=("resources", "children"), owed_cents=-12_000))
    tally.add(_one(10_000, 10_000, structure="Les Lutins", version=None, same=True))
    tally.add(_one(None, 5_000, proposed=True, because=("tariff",)))
    tally.add(_one(10_000, None, version=None, status="PARKED"))

    told = tally.plain()
    assert (5, 2, 1, 1, 1) == tuple(
        told[name] for name in ("members", "changed", "same", "proposed", "pending")
    )
    assert {"resources": 2, "children": 1, "tariff": 1} == told["because"]
    assert [("down", 10_000, 1), ("up", 500, 1)] == [tuple(b.values()) for b in told["brackets"]]
    assert (600, 12_000, 1) == (
        told["owed_by_families_cents"],
        told["owed_to_families_cents"],
        told["without_amount"],
    )
    assert {"up": 1, "down": 1, "same": 0, "before_cents": 20_000, "after_cents": 14_300} == told[
        "structures"
    ]["Les Mésanges"]


def test_the_report_reads_as_french() -> None:
    """The counts first, then why, by how much, what is owed and where."""
    tally = Tally()
    tally.add(_one(100_000, 100_300, because=("resources",), owed_cents=600))
    tally.add(_one(100_000, 85_000, because=("quotient",)))
    amounts = "2\u202f000,00\u00a0€ avant, 1\u202f853,00\u00a0€ après"

    assert [
        "2 dossiers\u00a0: 2 changent, 0 inchangés, 0 à valider, 0 sans résultat.",
        "Ce qui change\u00a0:",
        "  quotient familial\u00a0: 1",
        "  ressources\u00a0: 1",
        "1 montant en hausse.",
        "  jusqu’à 5,00\u00a0€\u00a0: 1",
        "1 montant en baisse.",
        "  plus de 100,00\u00a0€\u00a0: 1",
        "Dû par les familles\u00a0: 6,00\u00a0€.",
        f"Les Mésanges\u00a0: 1 en hausse, 1 en baisse, 0 inchangés\u202f; {amounts}.",
    ] == list(report_lines(tally))


def test_the_sheet_is_its_owners_and_holds_no_formula(tmp_path: Path) -> None:
    """A name that a spreadsheet would run is written as text; an existing file stays."""
    path = tmp_path / "rapport.csv"
    with sheet.writing(path) as write:
        write(_one(10_000, 9_000, structure="=1+1", because=("tariff", "hours")))

    heads, line = path.read_text("utf-8").splitlines()
    told = dict(zip(heads.split(";"), line.split(";"), strict=True))
    assert ("'=1+1", "-10.00", "tariff|hours", "100.00") == (
        told["structure"],
        told["difference"],
        told["because"],
        told["before_month"],
    )
    assert 0o600 == path.stat().st_mode & 0o777
    with pytest.raises(RecordsError, match="un fichier a déjà ce nom"), sheet.writing(path):
        pass
