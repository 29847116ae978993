"""Confirming: what a campaign would do is told before a person says yes to it.

What is told is what would be written, by the same statements, in a transaction that is not kept.
"""

import json
from collections.abc import Callable, Iterable
from typing import Any, Protocol, TypeVar

import typer

from services.command.campaign.starting import Asked, Started, started_lines
from services.command.campaign.starting import start as write
from services.command.records.desk import Desk, at_desk, give_up, say

_NOTHING = 1


class Plain(Protocol):
    """What is told as JSON, and how many would be priced again."""

    @property
    def members(self) -> int: ...
    def plain(self) -> dict[str, Any]: ...


Written = TypeVar("Written", bound=Plain)


def start(asked: Asked, *, dry_run: bool, yes: bool, as_json: bool) -> None:
    """Tell what would be taken; start it when a person agrees."""

    def told(started: Started) -> Iterable[str]:
        return started_lines(started, asked.on)

    started = confirmed(
        lambda desk: write(desk, asked), told, dry_run=dry_run, yes=yes, as_json=as_json
    )
    if started is not None:
        say(f"Campagne « {started.code} » lancée : « berceau campaign show {started.code} ».")


def confirmed(
    act: Callable[[Desk], Written],
    told: Callable[[Written], Iterable[str]],
    *,
    dry_run: bool,
    yes: bool,
    as_json: bool,
) -> Written | None:
    """What `act` wrote, once a person has said yes; None for a dry run."""
    if dry_run or not yes:
        foreseen = _foreseen(act)
        _tell(foreseen, told, as_json=as_json and dry_run)
        if dry_run:
            return None
        _refuse_empty(foreseen)
        typer.confirm("Lancer ?", abort=True, err=True)
    with at_desk() as desk:
        written = act(desk)
        _refuse_empty(written)
    if as_json or yes:
        _tell(written, told, as_json=as_json)
    return written


def _refuse_empty(written: Plain) -> None:
    if written.members == 0:
        give_up("Aucun dossier à reprendre : rien n'est lancé.", code=_NOTHING)


def _foreseen(act: Callable[[Desk], Written]) -> Written:
    with at_desk() as desk:
        foreseen = act(desk)
        desk.connection.rollback()
    return foreseen


def _tell(written: Written, told: Callable[[Written], Iterable[str]], *, as_json: bool) -> None:
    if as_json:
        typer.echo(json.dumps(written.plain(), ensure_ascii=False))
    else:
        say(*told(written))
