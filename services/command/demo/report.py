"""The report of a run: what came of the families, and one whole decision with its explanation."""

import io
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Self

from rich.console import Console, Group, RenderableType
from rich.padding import Padding
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from services.command.demo.verdict import Case, Verdict
from shared.money import Money
from shared.states import SENTENCES, Reason
from shared.watching.words import number, typeset

_WIDTH = 100
_HEIGHT = 25  # said only so that rich asks no terminal for its size: a dumb one answers 80
_FONTS = re.compile(r"@font-face \{.*?\}", re.DOTALL)  # rich fetches them from a stranger's server
_STATES = {
    "DECIDED": ("Décidé", "green"),
    "PROPOSED": ("Proposé à un agent", "yellow"),
    "TO_REVIEW": ("À instruire", "yellow"),
    "PARKED": ("En attente", "cyan"),
    "QUARANTINED": ("En quarantaine", "red"),
}


@dataclass(frozen=True, slots=True)
class Content:
    """What the report says, as plain values: the picture in the docs is drawn from them."""

    outcomes: Sequence[tuple[str, str | None, int]]
    figures: Mapping[str, Any]
    decision: Mapping[str, Any] | None

    @classmethod
    def of(cls, verdict: Verdict) -> Self:
        """The report of a verdict."""
        counted = sorted(verdict.outcomes().items(), key=lambda each: (-each[1], str(each[0])))
        outcomes = [(state, reason, count) for (state, reason), count in counted]
        return cls(outcomes, verdict.as_json(), _exemplary(verdict.cases))

    @classmethod
    def read(cls, path: Path) -> Self:
        """A report kept as JSON beside its picture."""
        content = json.loads(path.read_text(encoding="utf-8"))
        outcomes = [(state, reason, count) for state, reason, count in content["outcomes"]]
        return cls(outcomes, content["figures"], content["decision"])


def show(verdict: Verdict, console: Console) -> None:
    """Print the report of a verdict."""
    width = min(console.width, _WIDTH)
    console.print(render(Content.of(verdict)), width=width)


def draw(content: Content, path: Path) -> None:
    """Write the report as an SVG picture, and what it says as JSON beside it."""
    path.write_text(picture(content), encoding="utf-8")
    written = json.dumps(asdict(content), ensure_ascii=False, indent=1, sort_keys=True)
    path.with_suffix(".json").write_text(written + "\n", encoding="utf-8")


def picture(content: Content) -> str:
    """The report as SVG; the same content gives the same picture."""
    paper = io.StringIO()
    console = Console(record=True, width=_WIDTH, height=_HEIGHT, file=paper, force_terminal=True)
    console.print(render(content))
    drawn = console.export_svg(title="make demo", unique_id="berceau-demo")
    return _FONTS.sub("", drawn)


def render(content: Content) -> RenderableType:
    """The report, ready to print."""
    parts: list[RenderableType] = [_table(content.outcomes)]
    if content.decision is not None:
        parts.append(_decision(content.decision))
    parts.append(_figures(content.figures))
    return Group(*parts)


def _table(outcomes: Sequence[tuple[str, str | None, int]]) -> Table:
    table = Table(title="Ce que sont devenues les demandes")
    table.add_column("Demandes", justify="right")
    table.add_column("État")
    table.add_column("Motif, tel que la famille le lit")
    for state, reason, count in outcomes:
        name, colour = _STATES.get(state, (state, "red"))
        why = SENTENCES[Reason(reason)].family if reason else "Votre tarif est fixé et expliqué."
        table.add_row(str(count), Text(name, style=colour), why)
    return table


def _decision(decision: Mapping[str, Any]) -> Panel:
    hourly = Money(decision["hourly_cents"]).in_french
    monthly = decision["monthly_cents"]
    month = f", soit {Money(monthly).in_french} par mois" if monthly is not None else ""
    lines = [Text(f"{hourly} de l'heure{month}", style="bold"), Text()]
    lines += [Text(sentence) for sentence in decision["explanation"]]
    tariff = decision["tariff"]
    subtitle = f"barème {tariff['id']} {tariff['version']}, {tariff['digest'][:19]}…"
    title = f"Décision {decision['reference']}, à compter du {decision['valid_from']}"
    return Panel(Padding(Group(*lines), (0, 1)), title=title, subtitle=subtitle)


def _figures(figures: Mapping[str, Any]) -> Text:
    colour = "green" if not figures["lost"] and not figures["wrong"] else "red"
    seconds = str(figures["seconds"]).replace(".", ",")
    sentence = (
        f"{_counted(figures['submitted'], 'demande')} en {seconds} s : "
        f"{_counted(figures['lost'], 'perdue')}, {_counted(figures['wrong'], 'fausse')}."
    )
    return Text(typeset(sentence), style=f"bold {colour}")


def _counted(count: int, noun: str) -> str:
    """In French, none is singular."""
    return f"{number(count)} {noun}{'s' if count > 1 else ''}"


def _exemplary(cases: Sequence[Case]) -> Mapping[str, Any] | None:
    """The first ordinary decision of the run: collective care, made by no floor and no ceiling."""
    decisions = [case.decision for case in cases if case.decision is not None]
    ordinary = (decision for decision in decisions if _ordinary(decision["operations"]))
    return next(ordinary, decisions[0] if decisions else None)


def _ordinary(operations: Sequence[Mapping[str, Any]]) -> bool:
    by_step = {operation["step"]: operation for operation in operations}
    counted = by_step["counted_resources"]
    unbounded: bool = counted["result"] == counted["inputs"]["monthly_resources"]
    return unbounded and by_step["rate"]["inputs"]["care_type"] == "collectif"
