"""Who may sign in: added, sent a link, closed, reopened; by supervisors in reach, and by ops."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Self
from uuid import UUID

from fastapi import Response
from sqlalchemy import Connection, select

from services.console.asking import Question, comment_of
from services.console.house import House
from services.console.matrix import Reach, does, reads
from services.console.place import Place
from services.console.refusals import Refusal, Way
from services.console.room import Entry, Room
from services.console.visit import Visit, Visiting
from services.console.words import role_words
from shared.errors import PeopleError
from shared.people import register
from shared.people.links import LINK_LASTS, link_for
from shared.people.register import Newcomer, Person
from shared.protocol.operating.noting import note
from shared.roles import Role, Scope
from shared.store.parties import AuthorityRow

_MANAGING = frozenset({Role.SUPERVISOR, Role.OPS})
_GIVEN_BY = {Role.SUPERVISOR: (Role.AGENT, Role.SUPERVISOR), Role.OPS: tuple(Role)}
_LIST = Way("/acces", "Accès")
_EVERY = "*"
REOPEN = "reopen"  # in the record of what was done (`operations`)
_WRONG = 422


@dataclass(frozen=True, slots=True)
class Register:
    """The register, as a scope sees and changes it."""

    house: House

    @classmethod
    def of(cls, house: House) -> Self:
        return cls(house)

    @contextmanager
    def opened(self, scope: Scope) -> Iterator[Connection]:
        """One transaction; PostgreSQL refuses what is out of the scope's reach."""
        with self.house.seen_by(scope).begin() as connection:
            yield connection

    def listed(self, scope: Scope) -> tuple[Sequence[Person], Mapping[UUID, str]]:
        """Whoever the scope manages, and the names of the authorities in reach."""
        names = select(AuthorityRow.id, AuthorityRow.name).order_by(AuthorityRow.name)
        with self.opened(scope) as connection:
            towns = {row.id: row.name for row in connection.execute(names)}
            return register.everyone(connection), towns

    def find(self, connection: Connection, id_: str) -> Person:
        """Somebody whom the scope manages.

        Raises:
            Refusal: there is nobody such.
        """
        try:
            person = register.by_id(connection, UUID(id_))
        except ValueError:
            person = None
        if person is None:
            raise Refusal(404, "Personne de ce nom", "Revenir à la liste des accès.", way=_LIST)
        return person


def _open_routes(place: Place) -> None:
    people = place.house.source(Register)
    _open_list(place, people)
    _open_link(place, people)
    _open_closing(place, people)
    _open_reopening(place, people)


def _open_list(place: Place, people: Register) -> None:
    @place.get("/acces")
    def listing(visit: Visiting) -> Response:
        return _page(visit, people)

    @place.post("/acces")
    def add(visit: Visiting) -> Response:
        try:
            newcomer = _newcomer(visit)
            with people.opened(visit.scope) as connection:
                person = register.add(connection, newcomer, by=_hand(visit))
        except PeopleError as refused:
            return _page(visit, people, {refused.field: str(refused)})
        return visit.go("/acces", f"{person.name} peut recevoir un lien pour entrer.")


def _open_link(place: Place, people: Register) -> None:
    @place.post("/acces/{person}/lien")
    def make_link(visit: Visiting, person: str) -> Response:
        """The link is shown once, on this page, to be handed over."""
        with people.opened(visit.scope) as connection:
            whose = people.find(connection, person)
            if whose.disabled_at:
                raise Refusal(
                    409, "Cet accès est fermé", "Un lien n'y ferait entrer personne.", way=_LIST
                )
            now = visit.house.clock()
            url = link_for(connection, whose, console=visit.house.url, now=now, by=_hand(visit))
        return visit.page("link.html", whose=whose, url=url, ends=now + LINK_LASTS)


def _open_closing(place: Place, people: Register) -> None:
    @place.get("/acces/{person}/fermer")
    def ask(visit: Visiting, person: str) -> Response:
        with people.opened(visit.scope) as connection:
            whose = people.find(connection, person)
        return visit.page(
            "confirm.html",
            title=f"Fermer l'accès de {whose.name} ?",
            text="Ses sessions se ferment à l'instant. Ce qui a été fait à ce nom reste écrit.",
            action=f"/acces/{whose.id}/fermer",
            yes="Fermer l'accès",
            no="/acces",
            danger=True,
        )

    @place.post("/acces/{person}/fermer")
    def close(visit: Visiting, person: str) -> Response:
        with people.opened(visit.scope) as connection:
            whose = people.find(connection, person)
            if whose.id == visit.person.id:
                raise Refusal(
                    409, "C'est votre accès", "Le faire fermer par quelqu'un d'autre.", way=_LIST
                )
            register.disable(connection, whose, now=visit.house.clock(), by=_hand(visit))
        return visit.go("/acces", f"L'accès de {whose.name} est fermé.")


def _open_reopening(place: Place, people: Register) -> None:
    @place.post("/acces/{person}/rouvrir")
    def reopen(visit: Visiting, person: str) -> Response:
        with people.opened(visit.scope) as connection:
            whose = people.find(connection, person)
        if whose.disabled_at is None:
            raise Refusal(409, "Cet accès est ouvert", "Il n'y a rien à rouvrir.")
        comment = comment_of(visit, _reopening(whose))
        if isinstance(comment, Response):
            return comment
        with people.opened(visit.scope) as connection:
            if register.reopen(connection, whose):
                note(connection, REOPEN, str(whose.id), actor=visit.actor, comment=comment)
        return visit.go("/acces", f"L'accès de {whose.name} est rouvert.")


def _reopening(whose: Person) -> Question:
    return Question(
        title=f"Rouvrir l'accès de {whose.name} ?",
        text="Son rôle, ses collectivités et son mot de passe sont ceux d'avant. "
        "Pour entrer sans mot de passe, il lui faut un nouveau lien.",
        action=f"/acces/{whose.id}/rouvrir",
        yes="Rouvrir",
        back="/acces",
    )


def _newcomer(visit: Visit) -> Newcomer:
    """Who is to be added.

    Raises:
        PeopleError: naming the field that is wrong.
    """
    given, role = _GIVEN_BY[visit.person.role], visit.form.text("role")
    if role not in given:
        raise PeopleError("Choisir un rôle de la liste.", field="role")
    return Newcomer(
        login=visit.form.text("login").lower(),
        name=visit.form.text("name"),
        role=Role(role),
        authorities=_reach(visit),
    )


def _reach(visit: Visit) -> frozenset[UUID] | None:
    chosen = visit.form.all("authorities")
    if _EVERY in chosen and visit.scope.authorities is None:
        return None
    try:
        reach = frozenset(UUID(one) for one in chosen)
    except ValueError:
        reach = frozenset()
    if not all(map(visit.scope.reaches, reach)):
        reach = frozenset()
    if not reach:
        raise PeopleError("Choisir au moins une collectivité.", field="authorities")
    return reach


def _hand(visit: Visit) -> str:
    return f"agent:{visit.person.id}"


def _page(visit: Visit, people: Register, errors: dict[str, str] | None = None) -> Response:
    listed, towns = people.listed(visit.scope)
    every = [(_EVERY, "Toutes, celles à venir comprises")]
    return visit.page(
        "people.html",
        status=_WRONG if errors else 200,
        people=listed,
        towns=towns,
        roles=[(role, role_words(role)) for role in _GIVEN_BY[visit.person.role]],
        reaches=(every if visit.scope.authorities is None else [])
        + [(str(id_), name) for id_, name in towns.items()],
        errors=errors or {},
        values=visit.form,
    )


ROOM = Room(
    name="people",
    rows=(
        reads("/acces", _MANAGING, Reach.OWN),
        does("/acces", _MANAGING, Reach.OWN),
        does("/acces/{person}/lien", _MANAGING, Reach.OWN),
        reads("/acces/{person}/fermer", _MANAGING, Reach.OWN),
        does("/acces/{person}/fermer", _MANAGING, Reach.OWN),
        does("/acces/{person}/rouvrir", _MANAGING, Reach.OWN),
    ),
    entries=(Entry("Accès", "/acces", 90),),
    open_routes=_open_routes,
)
