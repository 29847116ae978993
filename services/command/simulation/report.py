"""A simulation as files: a page that stands alone (HTML), a sheet (CSV) and a picture (PNG)."""

import csv
import io
import json
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

import typst
from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape

from services.command.simulation.comparing import Bar, Comparison
from services.command.simulation.telling import Simulated, bar_name, heading, sentences, table

_TENTHS = "dixième de ressources"
_CHILDREN = "enfants à charge"
_DOTS_AN_INCH = 150.0
_PICTURE = """#set page(width: 24cm, height: auto, margin: 1cm)
#set text(lang: "fr", size: 10pt)
#let bars = json(bytes(sys.inputs.bars))
#let most = calc.max(1, ..bars.map(bar => bar.families))
= #sys.inputs.heading
#sys.inputs.caption
#v(4pt)
#grid(
  columns: (6.2cm, 1fr, 2cm), column-gutter: 6pt, row-gutter: 3pt, align: (right, left, left),
  ..bars.map(bar => (
    [#bar.name],
    rect(
      width: 100% * bar.families / most, height: 10pt,
      fill: if bar.low < 0 { rgb("#1b6e5a") } else if bar.high > 0 { rgb("#a34a1f") } else { gray },
    ),
    [#bar.families],
  )).flatten()
)
"""
_CAPTION = "Familles selon l'écart du montant, avec le candidat"
_templates = Environment(
    loader=PackageLoader("services.command.simulation"),
    autoescape=select_autoescape(),
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)


def write(simulated: Simulated, folder: Path) -> tuple[Path, ...]:
    """Write the three files into a folder, which is made if it is not there; their paths."""
    folder.mkdir(parents=True, exist_ok=True)
    page, sheet, picture = (folder / f"simulation.{end}" for end in ("html", "csv", "png"))
    page.write_text(as_html(simulated), encoding="utf-8")
    sheet.write_text(as_csv(simulated), encoding="utf-8", newline="")
    picture.write_bytes(as_png(simulated))
    return page, sheet, picture


def as_html(simulated: Simulated) -> str:
    """A page in French, without script, with its histogram as a table of bars."""
    comparison = simulated.comparison
    return _templates.get_template("simulation.html").render(
        heading=heading(simulated),
        sentences=sentences(simulated),
        tables=_tables(comparison),
        bars=[(bar_name(bar.low, bar.high), bar.families) for bar in comparison.bars],
        most=max((bar.families for bar in comparison.bars), default=1),
        caption=_CAPTION,
    )


def as_csv(simulated: Simulated) -> str:
    """The tables, one under the other, as a spreadsheet opens them in France (semicolons)."""
    sheet = io.StringIO()
    writer = csv.writer(sheet, delimiter=";")
    for title, rows in _tables(simulated.comparison):
        writer.writerow([title])
        writer.writerows([_plain(cell) for cell in row] for row in rows)
        writer.writerow([])
    writer.writerow(["écart", "familles"])
    for bar in simulated.comparison.bars:
        writer.writerow([_plain(bar_name(bar.low, bar.high)), bar.families])
    return "\ufeff" + sheet.getvalue()


def as_png(simulated: Simulated) -> bytes:
    """The histogram as a picture."""
    inputs = {
        "heading": heading(simulated),
        "caption": _CAPTION,
        "bars": _bars_json(simulated.comparison.bars),
    }
    picture = typst.compile(_PICTURE.encode(), format="png", ppi=_DOTS_AN_INCH, sys_inputs=inputs)
    return picture if isinstance(picture, bytes) else b"".join(picture)


def _tables(comparison: Comparison) -> list[tuple[str, list[tuple[str, ...]]]]:
    return [
        ("Par dixième de ressources", list(table(comparison.deciles, _TENTHS))),
        ("Par nombre d'enfants à charge", list(table(comparison.by_children, _CHILDREN))),
    ]


def _bars_json(bars: Sequence[Bar]) -> str:
    return json.dumps(
        [{"name": bar_name(bar.low, bar.high)} | asdict(bar) for bar in bars],
        ensure_ascii=False,
    )


def _plain(cell: str) -> str:
    """Plain spaces: a spreadsheet reads `1 234` as text when the space may not break."""
    return cell.replace("\u00a0", " ").replace("\u202f", " ")
