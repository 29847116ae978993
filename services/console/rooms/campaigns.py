"""Campaigns: how far each is; to pause, resume or cancel it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Self
from uuid import UUID

from fastapi import Response
from sqlalchemy import Connection

from services.console.house import House
from services.console.live import Watch
from services.console.matrix import EVERYBODY, Reach, reads
from services.console.place import Place
from services.console.refusals import Refusal, Way
from services.console.room import Entry, Room
from services.console.steering import Shown, Steer, Steered, rows_of
from services.console.visit import Visit, Visiting
from shared.campaigns import CampaignKind, CampaignState
from shared.people.naming import names_of
from shared.protocol.campaigning import progress, steering
from shared.protocol.campaigning.progress import CampaignTold, Progress
from shared.protocol.operating.noting import note
from shared.roles import Role, Scope

_LIST = Way("/campagnes", "Campagnes")
_ONE = "/campagnes/{campaign}"
_OPS = frozenset({Role.OPS})
MOST_LISTED = 100
_GOING = (CampaignState.RUNNING, CampaignState.PAUSED)
_KINDS = {
    CampaignKind.REPRICING: "tout est redemandé à l'État",
    CampaignKind.FROM_EVIDENCE: "sur les données déjà certifiées",
    CampaignKind.CORRECTION: "correction d'un barème",
}


def _noted(
    act: str,
    do: Callable[[Connection, UUID], bool],
    connection: Connection,
    campaign: CampaignTold,
    *,
    actor: str,
    comment: str,
) -> bool:
    """Steer it, and write down who did and why."""
    done = do(connection, campaign.id)
    if done:
        note(connection, act, campaign.code, actor=actor, comment=comment)
    return done


_TOO_LATE = "Trop tard : la campagne n'en est plus là."
_STEERS = {
    "suspendre": Steer(
        "Suspendre cette campagne ?",
        "Plus aucun dossier n'est repris ; ceux qui l'ont été vont à leur terme.",
        "Suspendre",
        "La campagne est suspendue.",
        _TOO_LATE,
        partial(_noted, "campaign_pause", steering.pause),
    ),
    "reprendre": Steer(
        "Reprendre cette campagne ?",
        "Elle continue là où elle s'est arrêtée.",
        "Reprendre",
        "La campagne reprend.",
        _TOO_LATE,
        partial(_noted, "campaign_resume", steering.resume),
    ),
    "annuler": Steer(
        "Annuler le reste de cette campagne ?",
        "Les dossiers qu'elle n'a pas repris gardent leur décision ; les autres vont à leur terme.",
        "Annuler le reste",
        "Le reste de la campagne est annulé.",
        _TOO_LATE,
        partial(_noted, "campaign_cancel", steering.cancel),
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


def _open_routes(place: Place) -> None:
    campaigns = place.house.source(Campaigns)

    @place.get("/campagnes")
    def latest(visit: Visiting) -> Response:
        return visit.page("campaigns.html", campaigns=campaigns.latest(visit.scope), kinds=_KINDS)

    Steered(
        path=_ONE,
        page="campaign.html",
        part="campaigns/part.html",
        watch=Watch(),
        steers=_STEERS,
        find=partial(_found, campaigns),
        missing=Refusal(
            404, "Cette campagne n'existe pas", "La liste des campagnes dit lesquelles.", way=_LIST
        ),
    ).open_routes(place)


def _found(campaigns: Campaigns, visit: Visit, id_: UUID) -> Shown | None:
    found = campaigns.find(visit.scope, id_)
    if found is None:
        return None
    told, stands, names = found
    content = {"campaign": told, "progress": stands, "names": names, "kinds": _KINDS}
    return Shown(told, content, going=told.state in _GOING, about=f"Campagne {told.code}. ")


ROOM = Room(
    name="campaigns",
    rows=(reads("/campagnes", EVERYBODY, Reach.OWN), *rows_of(_ONE, _STEERS, _OPS)),
    entries=(Entry("Campagnes", "/campagnes", 50),),
    open_routes=_open_routes,
)
