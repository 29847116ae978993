"""Pauses: what is paused, by whom, why and until when; to pause, and to resume."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Self

from fastapi import Response
from redis import RedisError
from sqlalchemy import text

from services.console.asking import Question, comment_of
from services.console.house import House
from services.console.matrix import EVERYBODY, Reach, Verb, does, reads
from services.console.ordering import read_moment
from services.console.place import Place
from services.console.refusals import Refusal, Way
from services.console.room import Entry, Room
from services.console.visit import Visit, Visiting
from shared.endpoints import KNOWN_PROFILES, provider_of
from shared.people.naming import names_of
from shared.protocol.operating import switches
from shared.protocol.operating.orders import OrderError, read_comment
from shared.protocol.operating.switch_names import UnknownSwitchError
from shared.protocol.switching import ENDPOINT, PROVIDER, QUEUE, RINGING_SWITCH
from shared.queue.forgetting import forget
from shared.roles import Role, Scope
from shared.states import Lane, Step
from shared.watching.pausing import Paused, paused
from shared.watching.words import queue_words

_LIST = Way("/pauses", "Suspensions")
_OPS = frozenset({Role.OPS})
MOST_OFFERED = 300
_OF_EVERYBODY = (RINGING_SWITCH, QUEUE, PROVIDER, ENDPOINT)
_CODES = text("""
    SELECT 0 AS kind, 'authority:' || code AS what, code FROM authorities
    UNION ALL SELECT 1, code, code FROM habilitations
    UNION ALL SELECT 2, 'scheme:' || t.code || '/' || s.code, t.code || '/' || s.code
    FROM schemes s JOIN authorities t ON t.id = s.authority_id
    ORDER BY 1, 3 LIMIT :most
""")
_PROFILES = text("SELECT DISTINCT profile FROM schemes")
_KINDS = ("Collectivité", "Habilitation", "Dispositif")
Options = list[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Pauses:
    """The pauses of a record."""

    house: House

    @classmethod
    def of(cls, house: House) -> Self:
        return cls(house)

    def now(self, scope: Scope) -> tuple[Sequence[Paused], Mapping[str, str]]:
        """What is paused, and the names of who paused it."""
        with self.house.seen_by(scope).begin() as connection:
            found = paused(connection)
            return found, names_of(connection, {one.by for one in found})

    def offered(self, scope: Scope) -> Options:
        """What may be paused, in reach of a scope."""
        with self.house.seen_by(scope).begin() as connection:
            rows = connection.execute(_CODES, {"most": MOST_OFFERED}).all()
            profiles = KNOWN_PROFILES | set(connection.execute(_PROFILES).scalars())
        of_some = [(row.what, f"{_KINDS[row.kind]} {row.code}") for row in rows]
        return (_of_everybody(profiles) if scope.authorities is None else []) + of_some

    def pause(
        self, scope: Scope, what: str, *, until: datetime | None, reason: str, actor: str
    ) -> None:
        with self.house.seen_by(scope).begin() as connection:
            switches.pause(connection, what, until=until, reason=reason, actor=actor)

    def resume(self, scope: Scope, what: str, *, actor: str, comment: str) -> bool:
        """Resume it; whether Redis forgot it too (else it does at the pause's end)."""
        house = self.house
        with house.seen_by(scope).begin() as connection:
            ended = switches.resume(connection, what, actor=actor, comment=comment)
        try:
            forget(
                house.redis,
                namespace=house.namespace,
                habilitation=ended.habilitation,
                stops=ended.stops,
            )
        except RedisError:
            return False
        return True


def _open_routes(place: Place) -> None:
    pauses = place.house.source(Pauses)

    @place.get("/pauses")
    def listing(visit: Visiting) -> Response:
        return _listed(visit, pauses, {})

    @place.post("/pauses")
    def pause(visit: Visiting) -> Response:
        what = visit.form.text("what")
        errors: dict[str, str] = {}
        until, reason = None, ""
        try:
            reason = read_comment(visit.form.text("comment"))
        except OrderError as wrong:
            errors["comment"] = f"Pourquoi : {wrong.said}"
        try:
            until = _until(visit)
        except OrderError as wrong:
            errors["until"] = f"Jusqu'à : {wrong.said}"
        if what not in dict(pauses.offered(visit.scope)):
            errors["what"] = "Quoi : choisissez ce qui est à suspendre."
        if errors:
            return _listed(visit, pauses, errors)
        pauses.pause(visit.scope, what, until=until, reason=reason, actor=visit.actor)
        return visit.go("/pauses", "C'est suspendu. Ce qui est en main se finit.")

    @place.post("/pauses/reprendre")
    def resume(visit: Visiting) -> Response:
        return _resumed(visit, pauses, visit.form.text("what"))


def _resumed(visit: Visit, pauses: Pauses, what: str) -> Response:
    if visit.scope.authorities is not None and what.startswith(_OF_EVERYBODY):
        raise Refusal(404, "Rien de tel n'est suspendu", "La liste dit ce qui l'est.", way=_LIST)
    question = Question(
        title="Reprendre ?",
        text=f"Reprendre « {what} » : ce qui attend repart dans la minute.",
        action="/pauses/reprendre",
        yes="Reprendre",
        back="/pauses",
        fields={"what": what},
    )
    comment = comment_of(visit, question)
    if isinstance(comment, Response):
        return comment
    try:
        told = pauses.resume(visit.scope, what, actor=visit.actor, comment=comment)
    except UnknownSwitchError:
        raise Refusal(
            404, "Rien de tel n'est suspendu", "La liste dit ce qui l'est.", way=_LIST
        ) from None
    late = "" if told else " Redis ne répond pas : les appels reprendront avec lui."
    return visit.go("/pauses", f"« {what} » reprend.{late}")


def _listed(visit: Visit, pauses: Pauses, errors: Mapping[str, str]) -> Response:
    found, names = pauses.now(visit.scope)
    may = visit.may(Verb.POST, "/pauses")
    return visit.page(
        "pauses.html",
        status=422 if errors else 200,
        paused=found,
        names=names,
        now=visit.house.clock(),
        may=may,
        everywhere=visit.scope.authorities is None,
        of_everybody=_OF_EVERYBODY,
        offered=[("", "…"), *pauses.offered(visit.scope)] if may else [],
        errors=errors,
        values={name: visit.form.text(name) for name in ("what", "until", "comment")},
    )


def _until(visit: Visit) -> datetime | None:
    """The end of a pause; None: until somebody resumes it."""
    given = visit.form.text("until")
    return read_moment(given, visit.house.clock()) if given else None


def _of_everybody(profiles: Iterable[str]) -> Options:
    endpoints = sorted(profiles)
    providers = sorted(set(map(provider_of, endpoints)))
    return [
        (RINGING_SWITCH, "La sonnerie : rien ne commence plus"),
        *((f"{QUEUE}{s}.{lane}", f"File : {queue_words(s, lane)}") for s in Step for lane in Lane),
        *((f"{PROVIDER}{one}", f"Fournisseur {one}") for one in providers),
        *((f"{ENDPOINT}{one}", f"Service {one} de l'État") for one in endpoints),
    ]


ROOM = Room(
    name="pauses",
    rows=(
        reads("/pauses", EVERYBODY, Reach.OWN),
        does("/pauses", _OPS, Reach.OWN),
        does("/pauses/reprendre", _OPS, Reach.OWN),
    ),
    entries=(Entry("Suspensions", "/pauses", 40),),
    open_routes=_open_routes,
)
