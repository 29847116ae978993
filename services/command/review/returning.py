"""Returning: the State is asked again, an application is closed, pieces are asked for and come."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from services.command.review.office import Office
from services.command.review.opening import Opened, Opener
from services.command.review.outcomes import Outcome, Why, already, refuse, unsettled
from services.tariff.explanation.typography import day
from shared.protocol.reviewing.acting import Act, NoAct, act_on
from shared.protocol.reviewing.grounds import Asked
from shared.protocol.reviewing.holding import InHand
from shared.review_acts import PIECES, ClosedFor, DecidedOn, Piece, ReviewAct
from shared.states import Status
from shared.store.places import review_place

_ENDED = {Status.WITHDRAWN, Status.CLOSED, Status.ESTIMATED, Status.DECIDED}
_TO_CLOSED = {
    Status.TO_REVIEW: (Status.CLOSED,),
    Status.QUARANTINED: (Status.CLOSED,),
    Status.PROPOSED: (Status.TO_REVIEW, Status.CLOSED),
}


@dataclass(frozen=True, slots=True)
class Again:
    """The State is to be asked again; `starts`: the day asked for, of what is decided already."""

    ground: DecidedOn | None = None
    starts: date | None = None


def ask_again(office: Office, id_: UUID, again: Again) -> dict[UUID, Outcome]:
    """Have the State asked again; a decision in force stays meanwhile."""

    def judge(one: InHand) -> Act[Outcome] | NoAct[Outcome]:
        if one.status is Status.RECEIVED:
            return already(
                one, "la caisse ou les impôts vont être interrogés, c'était déjà demandé"
            )
        why = None if one.status is Status.DECIDED else unsettled(one)
        if why is not None:
            return refuse(one, why)
        return Act(
            what=ReviewAct.AGAIN,
            through=(Status.RECEIVED,),
            effective_on=again.starts,
            ground=again.ground,
            told=Outcome(one.reference, "la caisse ou les impôts vont être interrogés de nouveau"),
        )

    return act_on(office.engine, [id_], judge, actor=office.actor)


def close(office: Office, id_: UUID, ground: ClosedFor) -> dict[UUID, Outcome]:
    """End an application, on a ground; the family may apply again."""

    def judge(one: InHand) -> Act[Outcome] | NoAct[Outcome]:
        if one.status is Status.CLOSED:
            return already(one, "il était déjà clos")
        through = _TO_CLOSED.get(one.status)
        if through is None:
            return refuse(one, _unclosable(one))
        told = Outcome(one.reference, "clos")
        return Act(what=ReviewAct.CLOSED, through=through, ground=ground, told=told)

    return act_on(office.engine, [id_], judge, actor=office.actor)


def _unclosable(one: InHand) -> Why:
    return Why.IN_FORCE if one.status is Status.DECIDED else unsettled(one) or Why.AT_WORK


@dataclass(frozen=True, slots=True)
class Wanted:
    """Pieces that a family is asked for, until a day (included)."""

    pieces: tuple[Piece, ...]
    until: date


def ask(office: Office, id_: UUID, wanted: Wanted) -> dict[UUID, Outcome]:
    """Ask for pieces: the legal clock stands still until they come."""
    opener = Opener(office)

    def judge(one: InHand) -> Act[Outcome] | NoAct[Outcome]:
        if one.status in _ENDED:
            return refuse(one, unsettled(one) or Why.DECIDED)
        opened = opener.open(one)
        if isinstance(opened, Why):
            return refuse(one, opened)
        if wanted in _open_requests(opened):
            return already(one, "ces pièces étaient déjà demandées")
        content = json.dumps({"pieces": list(wanted.pieces)}).encode()
        return Act(
            what=ReviewAct.ASKED,
            ground=Asked(wanted.until).ground,
            sealed=opened.key.seal(content, place=review_place(one.id)),
            told=Outcome(one.reference, _said(wanted)),
        )

    return act_on(office.engine, [id_], judge, actor=office.actor)


def answered(office: Office, id_: UUID) -> dict[UUID, Outcome]:
    """Say that the pieces have come: the legal clock goes on."""

    def judge(one: InHand) -> Act[Outcome] | NoAct[Outcome]:
        if not one.asked:
            return NoAct(Outcome(one.reference, Why.NOTHING_ASKED.value))
        told = Outcome(one.reference, "les pièces sont arrivées, le délai court de nouveau")
        return Act(what=ReviewAct.ANSWERED, told=told)

    return act_on(office.engine, [id_], judge, actor=office.actor)


def _open_requests(opened: Opened) -> Sequence[Wanted]:
    return [
        Wanted(pieces_of(opened, request.sealed), Asked.read(request.ground).until)
        for request in opened.hand.asked
    ]


def pieces_of(opened: Opened, sealed: bytes) -> tuple[Piece, ...]:
    """Which pieces were asked for."""
    content = json.loads(opened.key.open(sealed, place=review_place(opened.hand.id)))
    return tuple(Piece(one) for one in content["pieces"] if one in set(Piece))


def _said(wanted: Wanted) -> str:
    pieces = ", ".join(PIECES[piece] for piece in wanted.pieces)
    return f"à remettre avant le {day(wanted.until)} inclus : {pieces}"
