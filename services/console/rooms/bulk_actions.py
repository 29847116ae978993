"""Actions on many applications: how far each is, and to pause, resume or cancel it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Self
from uuid import UUID

from fastapi import Response

from services.console.criteria import told
from services.console.house import House
from services.console.live import Watch
from services.console.matrix import EVERYBODY, Reach, reads
from services.console.place import Place
from services.console.refusals import Refusal, Way
from services.console.room import Entry, Room
from services.console.steering import Shown, Steer, Steered, rows_of
from services.console.visit import Visit, Visiting
from shared.people.naming import names_of
from shared.protocol.operating import actions, bulk
from shared.protocol.operating.actions import Action, ActionProgress, ActionState
from shared.roles import Role, Scope
from shared.seeking.writing import SoughtError, read_text

_LIST = Way("/actions", "Actions")
_ONE = "/actions/{action}"
_STEER = frozenset({Role.SUPERVISOR, Role.OPS})
_GOING = (ActionState.RUNNING, ActionState.PAUSED)
Names = Mapping[str, str]


_STEERS = {
    "suspendre": Steer(
        "Suspendre cette action ?",
        "Ce qui est fait reste fait ; le reste attend qu'une personne la reprenne.",
        "Suspendre",
        "L'action est suspendue.",
        "Cette action n'est plus en cours.",
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


def _open_routes(place: Place) -> None:
    source = place.house.source(Actions)

    @place.get("/actions")
    def latest(visit: Visiting) -> Response:
        found, names = source.latest(visit.scope)
        return visit.page("bulk_actions.html", actions=found, names=names)

    Steered(
        path=_ONE,
        page="bulk_action.html",
        part="bulk_actions/part.html",
        watch=Watch(every_s=2.0),
        steers=_STEERS,
        find=partial(_found, source),
        missing=Refusal(
            404, "Cette action n'existe pas", "La liste des actions dit lesquelles.", way=_LIST
        ),
    ).open_routes(place)


def _found(source: Actions, visit: Visit, id_: UUID) -> Shown | None:
    found = source.find(visit.scope, id_)
    if found is None:
        return None
    action, progress, names = found
    content = {"action": action, "progress": progress, "names": names, "told": _told(action.sought)}
    return Shown(action.id, content, going=action.state in _GOING)


def _told(sought: str) -> list[tuple[str, str]]:
    try:
        return list(told(read_text(sought)))
    except SoughtError:
        return [("Filtre d'une autre version", sought)]


ROOM = Room(
    name="bulk_actions",
    rows=(reads("/actions", EVERYBODY, Reach.OWN), *rows_of(_ONE, _STEERS, _STEER)),
    entries=(Entry("Actions", "/actions", 30),),
    open_routes=_open_routes,
)
