"""The page of shipped tariffs: a row for each that ships, and what each row says is so."""

from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from services.tariff.language.grids import Band, Span
from services.tariff.language.local import BandsTariff, LocalTariff
from services.tariff.language.modifiers import NonResident
from services.tariff.language.national import load_shipped_scale, shipped_ids
from services.tariff.language.scale import Scale
from services.tariff.language.tariff import Tariff
from services.tariff.language.words import Bounds

_PAGE = Path(__file__).parents[3] / "docs" / "reference" / "shipped-tariffs.md"
_NONE = "—"


@pytest.fixture(scope="module")
def rows() -> dict[str, list[str]]:
    """The cells of each row, by the id of its tariff."""
    lines = [line for line in _PAGE.read_text("utf-8").splitlines() if line.startswith("| `")]
    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]
    return {row[0].strip("`"): row[1:] for row in cells}


def _periods(scale: Scale) -> str:
    last = scale.tariffs[-1].valid_to
    firsts = [str(tariff.valid_from) for tariff in scale.tariffs]
    begins = firsts[0] if len(firsts) == 1 else f"{firsts[0]} ({len(firsts)} periods)"
    return f"{begins} → {last or 'open'}"


def _method(tariff: Tariff) -> str:
    unit = tariff.unit.value if isinstance(tariff, LocalTariff) else "hour"
    return f"`{tariff.method}`, {unit}"


def _spans(bands: Sequence[Span], bounds: Bounds) -> Iterator[str]:
    close = "]" if bounds is Bounds.BOTH_INCLUDED else "["
    return (f"[{b.lower}, {b.upper}{close}" for b in bands if b.hole is not None)


def _outside(tariff: BandsTariff) -> Sequence[Band]:
    grids = [m.grid for m in tariff.modifiers if isinstance(m, NonResident) and m.grid]
    return grids[0] if grids else ()


def _holes(scale: Scale) -> str:
    """Where the last period's published grids say nothing, or two things."""
    tariff = scale.tariffs[-1]
    if not isinstance(tariff, BandsTariff):
        return _NONE
    bounds = tariff.bands.bounds
    outside = (f"{span} outside" for span in _spans(_outside(tariff), bounds))
    return "; ".join([*_spans(tariff.bands.grid, bounds), *outside]) or _NONE


def test_every_shipped_tariff_has_its_row(rows: dict[str, list[str]]) -> None:
    """In the order of their ids, the national scale first; no row more, none less."""
    assert list(shipped_ids()) == list(rows)


def test_a_row_says_what_the_files_say(rows: dict[str, list[str]]) -> None:
    """Authority, periods, method and unit, and the holes of the last published grid."""
    scales = {id_: load_shipped_scale(id_) for id_ in shipped_ids()}

    assert {
        id_: [
            scale.tariffs[-1].authority,
            _periods(scale),
            _method(scale.tariffs[-1]),
            _holes(scale),
        ]
        for id_, scale in scales.items()
    } == {id_: [row[1], *row[2:4], row[5]] for id_, row in rows.items()}


def test_a_row_names_a_source_of_its_tariff(rows: dict[str, list[str]]) -> None:
    """The page or the repository that its values were read on."""
    assert [] == [
        id_
        for id_, row in rows.items()
        if row[4].strip("<>") not in str(load_shipped_scale(id_).tariffs[-1].content)
    ]
