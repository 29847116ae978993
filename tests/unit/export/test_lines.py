"""A decision as a line: what a régie is told of it, and nothing of who it is about."""

import json
from datetime import date
from typing import Any

import pytest

from services.command.export.sheet import HEADS, WORDS, cells
from services.command.spreadsheet import french_euros, text_cell
from services.tariff.explanation.exported import exported
from shared.application import Fund
from shared.decisions import DecisionKind
from shared.exporting import Exportable, ExportedDecision, Held, Numbered, Unsealed
from tests.decided_families import aid_awarded, changed, fee, no_fee

_KINDS = {"fee": DecisionKind.FEE, "no_fee": DecisionKind.NO_FEE, "awarded": DecisionKind.AWARDED}


def _exportable(content: dict[str, Any], *, in_force: bool = True, **changes: Any) -> Exportable:
    said = content["decision"]
    valid_from = date.fromisoformat(said["valid_from"])
    version = Numbered(2, valid_from, _KINDS[said["kind"]], "psu", "2026-01-01")
    held = Held(version, date(2027, 7, 31) if in_force else None, in_force=in_force)
    told: dict[str, Any] = {
        "reference": said["reference"],
        "structure": "les-mesanges",
        "structure_name": "Les Mésanges",
        "scheme": "creches",
        "fund": Fund.MSA,
    }
    return Exportable(**(told | changes), versions=(Unsealed(held, content),))


def _line(content: dict[str, Any], **changes: Any) -> ExportedDecision:
    [line] = exported(_exportable(content, **changes))
    return line


def test_a_changed_fee_says_all_that_a_regie_needs() -> None:
    """Fee, days, fund, decision and difference; the sheet says it in French."""
    line = _line(changed())

    assert [
        "7K3F-9QXM-2WT3",
        "les-mesanges",
        "Les Mésanges",
        "creches",
        "2",
        "tarif",
        "oui",
        "2026-10-01",
        "2027-07-31",
        "heure",
        french_euros(line.price_cents),
        french_euros(line.monthly_cents),
        "MSA",
        "psu",
        "2026-01-01",
        "2026-11-20",
        "-115,92",
        "2",
    ] == cells(line)
    assert (-11592, 2) == (line.difference_cents, line.difference_months)
    assert changed()["record"]["fee"]["hourly_cents"] == line.price_cents
    assert changed()["record"]["fee"]["monthly_cents"] == line.monthly_cents


@pytest.mark.parametrize("content", [fee(), changed(), no_fee(), aid_awarded()])
def test_nothing_of_the_family_is_in_a_line(content: dict[str, Any]) -> None:
    """No name, birth, address or figure of income."""
    told = json.dumps(_line(content).model_dump(mode="json"), ensure_ascii=False)
    family = content["decision"]["family"]
    private = [
        family["child"]["birth_name"],
        *family["child"]["first_names"],
        family["child"]["birth"],
        family["applicant"]["birth_name"],
        family["address"]["line"],
        "48000",
    ]

    assert [] == [word for word in private if word in told]


def test_no_fee_has_no_amount() -> None:
    """Its line says so, and its cells are empty."""
    line = _line(no_fee())

    assert (None, None, None) == (line.unit, line.price_cents, line.monthly_cents)
    assert "pas de tarif" in cells(line)


def test_what_never_held_has_no_amount_but_what_it_left() -> None:
    """Nothing of it can be invoiced but its difference; without one it has no line."""
    line = _line(changed(), in_force=False)

    assert (False, None, None) == (line.in_force, line.price_cents, line.monthly_cents)
    assert (-11592, 2) == (line.difference_cents, line.difference_months)
    assert [] == list(exported(_exportable(fee(), in_force=False)))


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", "\n", "\uff1d"])
def test_no_text_is_a_formula(start: str) -> None:
    """A structure may be named anything: its cell stays a text."""
    name = f"{start}HYPERLINK(A1)"
    line = _line(fee(), structure_name=name)

    assert f"'{name}" == cells(line)[list(HEADS).index("structure_name")]


def test_a_text_that_is_none_of_that_stays_as_it_is() -> None:
    """And nothing is nothing."""
    assert ["Les Mésanges", "", ""] == [text_cell(one) for one in ("Les Mésanges", "", None)]


@pytest.mark.parametrize(
    ("cents", "cell"), [(123_456, "1234,56"), (-5, "-0,05"), (0, "0,00"), (None, "")]
)
def test_amounts_are_numbers_to_a_french_spreadsheet(cents: int | None, cell: str) -> None:
    """A comma, no space, no sign of currency."""
    assert cell == french_euros(cents)


def test_every_field_has_its_column_and_every_word_its_french() -> None:
    """In the order of the API."""
    assert list(ExportedDecision.model_fields) == list(HEADS)
    assert {*DecisionKind, *Fund} == {*WORDS}
