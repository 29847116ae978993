"""Acting on applications: what an order would do is shown and counted, then confirmed and done.

One route: without a comment it shows what would be done, with one it does it. One application is
acted upon at once; more become an action, which schedulers carry out (`bulk_actions`).
"""

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self
from uuid import UUID

from fastapi import Response
from sqlalchemy import Connection, text

from services.console.asking import COMMENT
from services.console.criteria import told
from services.console.forms import Form
from services.console.house import House
from services.console.matrix import Reach, does
from services.console.ordering import FaultyError, read_order
from services.console.place import Place
from services.console.refusals import APPLICATIONS, Refusal
from services.console.room import Room
from services.console.visit import Visit, Visiting
from shared.protocol.operating import acting, bulk, previewing
from shared.protocol.operating.orders import FITS, CameTo, Order, Verb
from shared.protocol.operating.previewing import Preview
from shared.review_acts import ClosedFor
from shared.roles import Role, Scope
from shared.seeking.sought import Sought
from shared.seeking.writing import SoughtError, read_text, written
from shared.states import Lane, Status
from shared.watching import searching
from shared.watching.operating_words import CAME_TO, GROUNDS, VERBS
from shared.watching.words import LANES

_ACTORS = frozenset({Role.SUPERVISOR, Role.OPS})
_COUNT = re.compile(r"[0-9]{1,9}\Z")
_IDS = text("SELECT id FROM applications WHERE reference = ANY(:references) LIMIT :most")


@dataclass(frozen=True, slots=True)
class Chosen:
    """What is acted upon: everything that is sought, or (None) these references."""

    sought: Sought | None
    references: tuple[str, ...] = ()

    @property
    def only(self) -> str | None:
        """The reference, when it is one application that somebody chose."""
        return self.references[0] if self.sought is None and len(self.references) == 1 else None


@dataclass(frozen=True, slots=True)
class Acts:
    """Acts on the applications of a record."""

    house: House

    @classmethod
    def of(cls, house: House) -> Self:
        return cls(house)

    def preview(self, scope: Scope, chosen: Chosen, verb: Verb) -> Preview:
        """What an order would be for, as it is now."""
        with self.house.seen_by(scope).begin() as connection:
            if chosen.sought is not None:
                return previewing.preview(connection, chosen.sought, verb, within=_within(scope))
            rows = searching.these(connection, self._ids(connection, chosen), within=_within(scope))
        found = Counter(Status(row.status) for row in rows)
        return Preview(found, sum(n for status, n in found.items() if status in FITS[verb]))

    def at_once(self, scope: Scope, chosen: Chosen, order: Order) -> CameTo:
        """Carry it out on the one that was chosen."""
        with self.house.seen_by(scope).begin() as connection:
            ids = self._ids(connection, chosen)
            came = acting.act(connection, ids, order)
        return came[ids[0]] if ids else CameTo.GONE

    def start(self, scope: Scope, chosen: Chosen, order: Order, *, at_most: int) -> UUID:
        """Start an action on all of them; returns its id."""
        within = _within(scope)
        with self.house.seen_by(scope).begin() as connection:
            if chosen.sought is None:
                ids = self._ids(connection, chosen)
                return bulk.start_on(connection, ids, order, within=within)
            return bulk.start(connection, chosen.sought, order, within=within, at_most=at_most)

    def _ids(self, connection: Connection, chosen: Chosen) -> list[UUID]:
        values = {"references": list(chosen.references), "most": searching.MOST_A_PAGE}
        return list(connection.execute(_IDS, values).scalars())


def _open_routes(place: Place) -> None:
    acts = place.house.source(Acts)

    @place.post("/agir")
    def act(visit: Visiting) -> Response:
        verb, chosen = _verb(visit.form), _chosen(visit.form)
        if COMMENT not in visit.form.fields:
            return _previewed(visit, acts, verb, chosen)
        try:
            order = read_order(visit.form, verb, actor=visit.actor, now=visit.house.clock())
        except FaultyError as wrong:
            return _previewed(visit, acts, verb, chosen, wrong.errors)
        return _done(visit, acts, chosen, order)


def _done(visit: Visit, acts: Acts, chosen: Chosen, order: Order) -> Response:
    if chosen.only is not None:
        came = acts.at_once(visit.scope, chosen, order)
        if came is CameTo.GONE:
            raise _nothing_there()
        said = f"{VERBS[order.verb].capitalize()} : {CAME_TO[came]}."
        return visit.go(f"/dossiers/{chosen.only}", said)
    try:
        action = acts.start(visit.scope, chosen, order, at_most=_previewed_total(visit.form))
    except bulk.TooManyError:
        more = {COMMENT: "Depuis l'aperçu, d'autres dossiers sont venus : relire, puis confirmer."}
        return _previewed(visit, acts, order.verb, chosen, more)
    return visit.go(f"/actions/{action}", "L'action est lancée.")


def _previewed(
    visit: Visit, acts: Acts, verb: Verb, chosen: Chosen, errors: Mapping[str, str] | None = None
) -> Response:
    try:
        preview = acts.preview(visit.scope, chosen, verb)
    except SoughtError:
        raise _unreadable() from None
    if preview.total == 0:
        raise _nothing_there()
    query = "" if chosen.sought is None else written(chosen.sought)
    return visit.page(
        "acting.html",
        status=422 if errors else 200,
        verb=verb,
        chosen=chosen,
        preview=preview,
        told=[] if chosen.sought is None else list(told(chosen.sought)),
        everything=chosen.sought is not None and chosen.sought.everything,
        query=query,
        back=_back(visit.form, chosen),
        errors=errors or {},
        values={name: visit.form.text(name) for name in ("comment", "at", "lane", "ground")},
        lanes_offered=[("", "…"), *((lane, LANES[lane]) for lane in Lane)],
        grounds_offered=[("", "…"), *((ground, GROUNDS[ground]) for ground in ClosedFor)],
        fits=FITS[verb],
    )


def _back(form: Form, chosen: Chosen) -> str:
    return f"/dossiers/{chosen.only}" if chosen.only else f"/dossiers?{form.text('filtre')}"


def _verb(form: Form) -> Verb:
    try:
        return Verb(form.text("verbe"))
    except ValueError:
        raise Refusal(
            422, "Que faire ?", "Revenir à la liste et choisir une action.", way=APPLICATIONS
        ) from None


def _chosen(form: Form) -> Chosen:
    if form.text("portee") != "tout":
        references = form.all("dossier")[: searching.MOST_A_PAGE]
        if not references:
            raise Refusal(
                422,
                "Aucun dossier n'est coché",
                "Revenir à la liste, en cocher, et recommencer.",
                way=APPLICATIONS,
            )
        return Chosen(None, references)
    try:
        return Chosen(read_text(form.text("filtre")))
    except SoughtError:
        raise _unreadable() from None


def _previewed_total(form: Form) -> int:
    """How many the preview told; 0, which starts nothing, when that is no number of ours."""
    total = form.text("apercu")
    return int(total) if _COUNT.match(total) else 0


def _within(scope: Scope) -> list[UUID] | None:
    return None if scope.authorities is None else sorted(scope.authorities)


def _nothing_there() -> Refusal:
    return Refusal(
        404, "Aucun dossier ne correspond", "Revenir à la liste : elle a changé.", way=APPLICATIONS
    )


def _unreadable() -> Refusal:
    return Refusal(
        422, "Recherche illisible", "Revenir à la liste et chercher de nouveau.", way=APPLICATIONS
    )


ROOM = Room(name="acting", rows=(does("/agir", _ACTORS, Reach.OWN),), open_routes=_open_routes)
