"""Looks: the record of accesses, for the DPO; and for everybody, what they looked at themselves.

An address holds an id, a kind and dates, never a name nor what was searched for.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Self
from urllib.parse import urlencode
from uuid import UUID

from fastapi import Response

from services.console.house import House
from services.console.matrix import EVERYBODY, Reach, reads
from services.console.place import Place
from services.console.refusals import Refusal
from services.console.room import Entry, Room
from services.console.visit import Visit, Visiting
from shared.marks import Mark
from shared.people import looked
from shared.people.accesses import Act
from shared.people.looked import Page, Sought
from shared.people.naming import PERSON, names_of
from shared.roles import Role, Scope

REGISTER, MINE = "/registre", "/compte/acces"
ACTS: Mapping[str, str] = {Act.SEARCHED: "recherche par nom", Act.OPENED: "dossier ouvert"}
_LATEST_DAY = date(9999, 12, 30)
_FIELDS = ("personne", "acte", "du", "au")
Names = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Looks:
    """The record of accesses, as a scope sees it."""

    house: House

    @classmethod
    def of(cls, house: House) -> Self:
        return cls(house)

    def page(self, scope: Scope, sought: Sought, after: Mark | None) -> tuple[Page, Names]:
        """A page, and the names of who looked."""
        with self.house.seen_by(scope).begin() as connection:
            found = looked.page(connection, sought, after)
            return found, names_of(connection, {one.actor for one in found.looks})

    def people(self, scope: Scope) -> list[tuple[str, str]]:
        """Who looked of late: id and name, by name."""
        with self.house.seen_by(scope).begin() as connection:
            ids = looked.people(connection)
            names = names_of(connection, {f"{PERSON}{id_}" for id_ in ids})
        known = ((str(id_), names.get(f"{PERSON}{id_}")) for id_ in ids)
        return sorted(((id_, name) for id_, name in known if name), key=lambda one: one[1])


def _open_routes(place: Place) -> None:
    looks = place.house.source(Looks)

    @place.get(REGISTER)
    def register(visit: Visiting, apres: str = "") -> Response:
        return _shown(visit, looks, REGISTER, apres)

    @place.get(MINE)
    def mine(visit: Visiting, apres: str = "") -> Response:
        return _shown(visit, looks, MINE, apres)


def _shown(visit: Visit, looks: Looks, where: str, after: str) -> Response:
    given = {name: visit.request.query_params.get(name, "") for name in _FIELDS}
    sought, errors = read(given)
    if where == MINE:
        sought = replace(sought, person=visit.person.id)
    nothing: tuple[Page, Names] = (Page((), None), {})
    found, names = nothing if errors else looks.page(visit.scope, sought, _mark(after))
    query = {name: value for name, value in given.items() if value}
    following = urlencode({**query, "apres": str(found.after)})
    return visit.page(
        "looks.html",
        status=422 if errors else 200,
        where=where,
        everybody_s=where == REGISTER,
        people=looks.people(visit.scope) if where == REGISTER else [],
        acts=ACTS,
        errors=errors,
        values=given,
        looks=found.looks,
        names=names,
        first=f"{where}?{urlencode(query)}" if after else None,
        following=f"{where}?{following}" if found.after else None,
    )


def read(given: Mapping[str, str]) -> tuple[Sought, Mapping[str, str]]:
    """What is sought, and what is wrong with each field."""
    errors: dict[str, str] = {}
    person, act, days = None, None, dict[str, date]()
    try:
        person = UUID(given["personne"]) if given["personne"] else None
    except ValueError:
        errors["personne"] = "Personne : choisissez-la dans la liste."
    if given["acte"] in set(Act):
        act = Act(given["acte"])
    elif given["acte"]:
        errors["acte"] = "Acte : choisissez-le dans la liste."
    for name, label in (("du", "Du"), ("au", "Au")):
        try:
            if given[name]:
                days[name] = min(date.fromisoformat(given[name]), _LATEST_DAY)
        except ValueError:
            errors[name] = f"{label} : une date, comme 2026-03-31."
    if "du" in days and "au" in days and days["au"] < days["du"]:
        errors["au"] = "Au : ce jour vient avant le premier."
    return Sought(person, act, days.get("du"), days.get("au")), errors


def _mark(written: str) -> Mark | None:
    try:
        return Mark.read(written) if written else None
    except ValueError:
        raise Refusal(404, "Cette page n'existe pas", "Revenir au début du registre.") from None


ROOM = Room(
    name="looks",
    rows=(
        reads(REGISTER, frozenset({Role.DPO}), Reach.OWN),
        reads(MINE, EVERYBODY, Reach.SELF),
    ),
    entries=(Entry("Registre", REGISTER, 80),),
    open_routes=_open_routes,
)
