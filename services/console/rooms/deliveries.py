"""Deliveries: messages that no portal took; to send them again, some or all of a portal."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self
from uuid import UUID

from fastapi import Response
from sqlalchemy import text

from services.console.asking import Question, comment_of
from services.console.house import House
from services.console.matrix import EVERYBODY, Reach, Verb, does, reads
from services.console.place import Place
from services.console.refusals import Refusal, Way
from services.console.room import Entry, Room
from services.console.visit import Visit, Visiting
from shared.protocol.delivering import mending
from shared.protocol.delivering.mending import DeliveryStatus, Listed
from shared.protocol.operating.noting import note
from shared.roles import Role, Scope
from shared.watching.words import counted

_LIST = Way("/livraisons", "Livraisons")
_OPS = frozenset({Role.OPS})
MOST_PORTALS = 300
_DEAD = text("""
    SELECT p.code, count(*) AS dead, p.webhook_url IS NULL AS nowhere
    FROM deliveries d JOIN portals p ON p.id = d.portal_id
    WHERE d.status = 'DEAD' AND d.application_id IS NOT NULL
    GROUP BY p.code, nowhere ORDER BY p.code LIMIT :most
""")


@dataclass(frozen=True, slots=True)
class Dead:
    """The dead deliveries of a portal; `nowhere`: it has no webhook to send them to."""

    portal: str
    dead: int
    nowhere: bool


@dataclass(frozen=True, slots=True)
class Deliveries:
    """The deliveries of a record."""

    house: House

    @classmethod
    def of(cls, house: House) -> Self:
        return cls(house)

    def dead(self, scope: Scope, portal: str | None) -> tuple[list[Dead], Sequence[Listed]]:
        """How many by portal, and the oldest of one portal, or of all."""
        with self.house.seen_by(scope).begin() as connection:
            rows = connection.execute(_DEAD, {"most": MOST_PORTALS})
            portals = [Dead(row.code, row.dead, row.nowhere) for row in rows]
            return portals, mending.listed(connection, DeliveryStatus.DEAD, portal)

    def replay(
        self,
        scope: Scope,
        *,
        portal: str | None,
        ids: Sequence[UUID] | None,
        actor: str,
        comment: str,
    ) -> int:
        """Send them again, and write down who asked and why; how many."""
        with self.house.seen_by(scope).begin() as connection:
            sent = mending.replay(connection, portal=portal, ids=ids)
            if sent:
                detail = {"deliveries": len(sent)}
                target = portal or str(sent[0])
                note(connection, "replay", target, actor=actor, comment=comment, detail=detail)
            return len(sent)


def _open_routes(place: Place) -> None:
    deliveries = place.house.source(Deliveries)

    @place.get("/livraisons")
    def listing(visit: Visiting, portail: str = "") -> Response:
        portals, dead = deliveries.dead(visit.scope, portail or None)
        return visit.page(
            "deliveries.html",
            portals=portals,
            portal=portail,
            dead=dead,
            most=mending.MOST_LISTED,
            may=visit.may(Verb.POST, "/livraisons/rejouer"),
        )

    @place.post("/livraisons/rejouer")
    def replay(visit: Visiting) -> Response:
        portal = visit.form.text("portail") or None
        ids = None if visit.form.text("portee") == "tout" else _ids(visit)
        if ids is None and portal is None:
            raise Refusal(
                422, "Aucun portail choisi", "Revenir à la liste, et en choisir un.", way=_LIST
            )
        if ids is not None and not ids:
            raise Refusal(
                422, "Aucune livraison cochée", "Revenir à la liste, et en cocher.", way=_LIST
            )
        return _replayed(visit, deliveries, portal, ids)


def _replayed(
    visit: Visit, deliveries: Deliveries, portal: str | None, ids: list[UUID] | None
) -> Response:
    which = f"toutes celles du portail « {portal} »" if ids is None else f"{len(ids)} cochées"
    back = f"/livraisons?portail={portal}" if portal else "/livraisons"
    question = Question(
        title="Renvoyer ces livraisons ?",
        text=f"Livraisons non remises : {which}. Elles repartent de leur premier essai, "
        f"{mending.MOST_REPLAYED} à la fois au plus.",
        action="/livraisons/rejouer",
        yes="Renvoyer",
        back=back,
        fields={
            "portail": portal or "",
            "portee": "tout" if ids is None else "choix",
            "livraison": tuple(map(str, ids or ())),
        },
    )
    comment = comment_of(visit, question)
    if isinstance(comment, Response):
        return comment
    sent = deliveries.replay(
        visit.scope, portal=portal, ids=ids, actor=visit.actor, comment=comment
    )
    said = f"{counted(sent, 'livraison')} : elles repartent." if sent else "Rien à renvoyer."
    return visit.go("/livraisons", said)


def _ids(visit: Visit) -> list[UUID]:
    try:
        return [UUID(one) for one in visit.form.all("livraison")]
    except ValueError:
        raise Refusal(
            422, "Livraison inconnue", "Revenir à la liste, et recommencer.", way=_LIST
        ) from None


ROOM = Room(
    name="deliveries",
    rows=(
        reads("/livraisons", EVERYBODY, Reach.OWN),
        does("/livraisons/rejouer", _OPS, Reach.OWN),
    ),
    entries=(Entry("Livraisons", "/livraisons", 60),),
    open_routes=_open_routes,
)
