"""Showing: one application opened for an agent, which is written down."""

import json
from collections.abc import Iterator
from typing import Any
from uuid import UUID

import typer

from services.command.records.desk import give_up
from services.command.review.office import Office
from services.command.review.opening import Opened, Opener
from services.command.review.outcomes import Outcome, Why, refuse
from services.command.review.sheet import sheet
from services.tariff.explanation.typography import typeset
from shared.legal_clock import Clock
from shared.protocol.reviewing.acting import Act, NoAct, act_on
from shared.protocol.reviewing.clocks import Received, clocks_of
from shared.protocol.reviewing.holding import InHand
from shared.review_acts import ReviewAct
from shared.states import Status

_REFUSED = 1
_NOTHING_IS_OWED = {Status.ESTIMATED, Status.WITHDRAWN, Status.CLOSED}


def show(office: Office, id_: UUID, *, as_json: bool) -> None:
    """Open one application; exit code 1 when nothing of it opens."""
    opener, found = Opener(office), list[Opened]()

    def judge(one: InHand) -> Act[Outcome] | NoAct[Outcome]:
        opened = Why.ESTIMATED if one.status is Status.ESTIMATED else opener.open(one)
        if isinstance(opened, Why):
            return refuse(one, opened)
        found.append(opened)
        return Act(what=ReviewAct.SHOWN, told=Outcome(one.reference, "ouvert"))

    [outcome] = act_on(office.engine, [id_], judge, actor=office.actor).values()
    if outcome.refused:
        give_up(outcome.sentence, code=_REFUSED)
    told = sheet(office, found[0], _clock(office, found[0]))
    typer.echo(json.dumps(told, ensure_ascii=False) if as_json else "\n".join(_lines(told)))


def _clock(office: Office, opened: Opened) -> Clock | None:
    one = opened.hand
    if one.before or one.status in _NOTHING_IS_OWED:
        return None
    received = Received(one.received_at, opened.terms.rules.silence)
    with office.engine.connect() as connection:
        return clocks_of(connection, {one.id: received}, office.today).get(one.id)


def _lines(told: dict[str, Any]) -> Iterator[str]:
    for title, part in told.items():
        yield title.upper()
        yield from map(typeset, _part(part))
        yield ""


def _part(part: object) -> Iterator[str]:
    if isinstance(part, list):
        yield from (f"  - {one}" for one in part)
    elif isinstance(part, dict):
        for name, value in part.items():
            if isinstance(value, list | dict):
                yield f"  {name} :"
                yield from (f"  {line}" for line in _part(value))
            else:
                yield f"  {name} : {_word(value)}"


def _word(value: object) -> str:
    return {True: "oui", False: "non"}[value] if isinstance(value, bool) else str(value)
