"""Actions on many applications: how far each is, and to pause, resume or cancel it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, Self
from uuid import UUID

from fastapi import Response

from services.console.asking import Question, comment_of
from services.console.criteria import told
from services.console.house import House
from services.console.live import EVERY_S, Part, Watch
from services.console.matrix import EVERYBODY, Reach, Verb, does, reads
from services.console.pages import render
from services.console.place import Place
from services.console.refusals import Refusal
from services.console.room import Entry, Room
from services.console.rooms.applications import actor_of
from services.console.visit import Visit, Visiting
from shared.people.naming import names_of
from shared.protocol.operating import actions, bulk
from shared.protocol.operating.actions import Action, ActionProgress, ActionState
from shared.roles import Role, Scope
from shared.seeking.writing import SoughtError, read_text

_STEER = frozenset({Role.SUPERVISOR, Role.OPS})
_GOING = (ActionState.RUNNING, ActionState.PAUSED)
Names = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Steer:
    """One way to steer: what it asks, what it does, what is said once it is done."""

    ask: str
    text: str
    yes: str
    done: str
    too_late: str
    do: Callable[..., bool]
    danger: bool = False


_STEERS = {
    "suspendre": Steer(
        "Suspendre cette action ?",
        "Ce qui est fait reste fait ; le reste attend qu'une personne la reprenne.",
        "Suspendre",
        "L'action est suspendue.",
        "Cette action ne court plus.",
        bulk.pause,
    ),
    "reprendre": Steer(
        "Reprendre cette action ?",
        "Elle continue là où elle s'est arrêtée.",
        "Reprendre",
        "L'action reprend.",
        "Cette action n'est pas suspendue.",
        bulk.resume,
    ),
    "annuler": Steer(
        "Annuler le reste de cette action ?",
        "Ce qui est fait reste fait ; le reste ne sera pas fait, et l'action est finie.",
        "Annuler le reste",
        "Le reste de l'action est annulé.",
        "Cette action est déjà finie.",
        bulk.cancel,
        danger=True,
    ),
}


@dataclass(frozen=True, slots=True)
class Actions:
    """The actions of a record."""

    house: House

    @classmethod
    def of(cls, house: House) -> Self:
        return cls(house)

    def latest(self, scope: Scope) -> tuple[Sequence[Action], Names]:
        """The last ones, and the names of who asked for them."""
        with self.house.seen_by(scope).begin() as connection:
            found = actions.latest(connection)
            return found, names_of(connection, {one.order.actor for one in found})

    def find(self, scope: Scope, id_: UUID) -> tuple[Action, ActionProgress, Names] | None:
        """One, how far it is, and the name of who asked for it."""
        with self.house.seen_by(scope).begin() as connection:
            found = actions.find(connection, id_)
            if found is None:
                return None
            progress = actions.progress_of(connection, found)
            return found, progress, names_of(connection, {found.order.actor})

    def steer(self, scope: Scope, id_: UUID, how: str, *, actor: str, comment: str) -> bool:
        """Steer it; False when it is too late."""
        with self.house.seen_by(scope).begin() as connection:
            return _STEERS[how].do(connection, id_, actor=actor, comment=comment)


def _open_routes(place: Place) -> None:
    source, watch = place.house.source(Actions), Watch(every_s=2.0)

    @place.get("/actions")
    def latest(visit: Visiting) -> Response:
        found, names = source.latest(visit.scope)
        return visit.page("bulk_actions.html", actions=found, names=names)

    @place.get("/actions/{action}")
    def progress(visit: Visiting, action: str, pause: str = "") -> Response:
        shown = _shown(source, visit, action)
        going = shown["action"].state in _GOING
        every = int(EVERY_S) if going and not pause else None
        may = visit.may(Verb.POST, "/actions/{action}/annuler")
        return visit.page("bulk_action.html", refresh_s=every, going=going, may=may, **shown)

    @place.get("/actions/{action}/evenements")
    def events(visit: Visiting, action: str) -> Response:
        _shown(source, visit, action)
        return watch.answer(visit, partial(_drawn, source, visit, action))

    for how in _STEERS:
        place.post(f"/actions/{{action}}/{how}")(partial(_steered, source, how))


def _steered(source: Actions, how: str, visit: Visiting, action: str) -> Response:
    _found(source, visit, action)
    steer, path = _STEERS[how], f"/actions/{action}"
    question = Question(
        title=steer.ask,
        text=steer.text,
        action=f"{path}/{how}",
        yes=steer.yes,
        back=path,
        danger=steer.danger,
    )
    comment = comment_of(visit, question)
    if isinstance(comment, Response):
        return comment
    done = source.steer(visit.scope, UUID(action), how, actor=actor_of(visit), comment=comment)
    return visit.go(path, steer.done if done else steer.too_late)


def _drawn(source: Actions, visit: Visit, action: str) -> Part:
    shown = _shown(source, visit, action)
    over = shown["action"].state not in _GOING
    return Part(render("bulk_actions/part.html", **shown), over=over)


def _shown(source: Actions, visit: Visit, action: str) -> dict[str, Any]:
    found, progress, names = _found(source, visit, action)
    return {"action": found, "progress": progress, "names": names, "told": _told(found.sought)}


def _found(source: Actions, visit: Visit, action: str) -> tuple[Action, ActionProgress, Names]:
    try:
        found = source.find(visit.scope, UUID(action))
    except ValueError:
        found = None
    if found is None:
        raise Refusal(404, "Cette action n'existe pas", "La liste des actions dit lesquelles.")
    return found


def _told(sought: str) -> list[tuple[str, str]]:
    try:
        return list(told(read_text(sought)))
    except SoughtError:
        return [("Filtre d'une autre version", sought)]


ROOM = Room(
    name="bulk_actions",
    rows=(
        reads("/actions", EVERYBODY, Reach.OWN),
        reads("/actions/{action}", EVERYBODY, Reach.OWN),
        reads("/actions/{action}/evenements", EVERYBODY, Reach.OWN),
        *(does(f"/actions/{{action}}/{how}", _STEER, Reach.OWN) for how in _STEERS),
    ),
    entries=(Entry("Actions", "/actions", 30),),
    open_routes=_open_routes,
)
