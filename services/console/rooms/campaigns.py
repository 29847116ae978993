"""Campaigns: how far each is; to pause, resume or cancel it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, Self
from uuid import UUID

from fastapi import Response
from sqlalchemy import Connection

from services.console.asking import Question, comment_of
from services.console.house import House
from services.console.live import EVERY_S, Part, Watch
from services.console.matrix import EVERYBODY, Reach, Verb, does, reads
from services.console.pages import render
from services.console.place import Place
from services.console.refusals import Refusal
from services.console.room import Entry, Room
from services.console.rooms.applications import actor_of
from services.console.visit import Visit, Visiting
from shared.campaigns import CampaignKind, CampaignState
from shared.people.naming import names_of
from shared.protocol.campaigning import progress, steering
from shared.protocol.campaigning.progress import CampaignTold, Progress
from shared.protocol.operating.noting import note
from shared.roles import Role, Scope

_OPS = frozenset({Role.OPS})
MOST_LISTED = 100
_GOING = (CampaignState.RUNNING, CampaignState.PAUSED)
_KINDS = {
    CampaignKind.REPRICING: "tout est redemandé à l'État",
    CampaignKind.FROM_EVIDENCE: "sur les données déjà certifiées",
    CampaignKind.CORRECTION: "correction d'un barème",
}


@dataclass(frozen=True, slots=True)
class Steer:
    """One way to steer a campaign: its question, its words, what the operations call it."""

    ask: str
    text: str
    yes: str
    done: str
    act: str
    do: Callable[[Connection, UUID], bool]
    danger: bool = False


_STEERS = {
    "suspendre": Steer(
        "Suspendre cette campagne ?",
        "Plus aucun dossier n'est repris ; ceux qui l'ont été vont à leur terme.",
        "Suspendre",
        "La campagne est suspendue.",
        "campaign_pause",
        steering.pause,
    ),
    "reprendre": Steer(
        "Reprendre cette campagne ?",
        "Elle continue là où elle s'est arrêtée.",
        "Reprendre",
        "La campagne reprend.",
        "campaign_resume",
        steering.resume,
    ),
    "annuler": Steer(
        "Annuler le reste de cette campagne ?",
        "Les dossiers qu'elle n'a pas repris gardent leur décision ; les autres vont à leur terme.",
        "Annuler le reste",
        "Le reste de la campagne est annulé.",
        "campaign_cancel",
        steering.cancel,
        danger=True,
    ),
}


@dataclass(frozen=True, slots=True)
class Campaigns:
    """The campaigns of a record."""

    house: House

    @classmethod
    def of(cls, house: House) -> Self:
        return cls(house)

    def latest(self, scope: Scope) -> Sequence[CampaignTold]:
        with self.house.seen_by(scope).begin() as connection:
            return progress.latest(connection, MOST_LISTED)

    def find(
        self, scope: Scope, id_: UUID
    ) -> tuple[CampaignTold, Progress, Mapping[str, str]] | None:
        """One, where its members stand, and the name of who started it."""
        with self.house.seen_by(scope).begin() as connection:
            found = progress.by_id(connection, id_)
            if found is None:
                return None
            stands = progress.progress_of(connection, id_)
            return found, stands, names_of(connection, {found.started_by})

    def steer(
        self, scope: Scope, campaign: CampaignTold, steer: Steer, *, actor: str, comment: str
    ) -> bool:
        """Steer it, and write down who did and why; False when it is too late."""
        with self.house.seen_by(scope).begin() as connection:
            done = steer.do(connection, campaign.id)
            if done:
                note(connection, steer.act, campaign.code, actor=actor, comment=comment)
            return done


def _open_routes(place: Place) -> None:
    campaigns, watch = place.house.source(Campaigns), Watch()

    @place.get("/campagnes")
    def latest(visit: Visiting) -> Response:
        return visit.page("campaigns.html", campaigns=campaigns.latest(visit.scope), kinds=_KINDS)

    @place.get("/campagnes/{campaign}")
    def show(visit: Visiting, campaign: str, pause: str = "") -> Response:
        shown = _shown(campaigns, visit, campaign)
        going = shown["campaign"].state in _GOING
        every = int(EVERY_S) if going and not pause else None
        may = visit.may(Verb.POST, "/campagnes/{campaign}/annuler")
        return visit.page("campaign.html", refresh_s=every, going=going, may=may, **shown)

    @place.get("/campagnes/{campaign}/evenements")
    def events(visit: Visiting, campaign: str) -> Response:
        _shown(campaigns, visit, campaign)
        return watch.answer(visit, partial(_drawn, campaigns, visit, campaign))

    for how in _STEERS:
        place.post(f"/campagnes/{{campaign}}/{how}")(partial(_steered, campaigns, how))


def _steered(campaigns: Campaigns, how: str, visit: Visiting, campaign: str) -> Response:
    found = _shown(campaigns, visit, campaign)["campaign"]
    steer, path = _STEERS[how], f"/campagnes/{found.id}"
    question = Question(
        title=steer.ask,
        text=f"Campagne {found.code}. {steer.text}",
        action=f"{path}/{how}",
        yes=steer.yes,
        back=path,
        danger=steer.danger,
    )
    comment = comment_of(visit, question)
    if isinstance(comment, Response):
        return comment
    done = campaigns.steer(visit.scope, found, steer, actor=actor_of(visit), comment=comment)
    return visit.go(path, steer.done if done else "Trop tard : la campagne n'en est plus là.")


def _drawn(campaigns: Campaigns, visit: Visit, campaign: str) -> Part:
    shown = _shown(campaigns, visit, campaign)
    over = shown["campaign"].state not in _GOING
    return Part(render("campaigns/part.html", **shown), over=over)


def _shown(campaigns: Campaigns, visit: Visit, campaign: str) -> dict[str, Any]:
    try:
        found = campaigns.find(visit.scope, UUID(campaign))
    except ValueError:
        found = None
    if found is None:
        raise Refusal(404, "Cette campagne n'existe pas", "La liste des campagnes dit lesquelles.")
    told, stands, names = found
    return {"campaign": told, "progress": stands, "names": names, "kinds": _KINDS}


ROOM = Room(
    name="campaigns",
    rows=(
        reads("/campagnes", EVERYBODY, Reach.OWN),
        reads("/campagnes/{campaign}", EVERYBODY, Reach.OWN),
        reads("/campagnes/{campaign}/evenements", EVERYBODY, Reach.OWN),
        *(does(f"/campagnes/{{campaign}}/{how}", _OPS, Reach.OWN) for how in _STEERS),
    ),
    entries=(Entry("Campagnes", "/campagnes", 50),),
    open_routes=_open_routes,
)
