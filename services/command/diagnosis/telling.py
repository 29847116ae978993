"""Telling the findings to a person: one line each, its remedy below, the count at the end."""

from collections.abc import Sequence

from rich.console import Group, RenderableType
from rich.markup import escape
from rich.table import Table

from services.command.diagnosis.finding import Finding, Mark
from shared.watching.words import counted, typeset

_STYLES = {Mark.FINE: "green", Mark.WATCH: "yellow", Mark.BROKEN: "bold red"}


def told(findings: Sequence[Finding]) -> RenderableType:
    """The findings as a table without lines, and below it how many are amiss."""
    table = Table.grid(padding=(0, 1))
    for one in findings:
        style = _STYLES[one.mark]
        table.add_row(f"[{style}]{one.mark}[/]", _text(one))
    return Group(table, _sum(findings))


def _text(one: Finding) -> str:
    what = escape(typeset(one.what))
    return what if one.remedy is None else f"{what}\n[dim]→ {escape(typeset(one.remedy))}[/]"


def _sum(findings: Sequence[Finding]) -> str:
    broken = sum(one.mark is Mark.BROKEN for one in findings)
    watch = sum(one.mark is Mark.WATCH for one in findings)
    if not broken and not watch:
        return "\nTout va bien."
    return f"\n{counted(broken, 'panne')}, {counted(watch, 'point')} à voir."
