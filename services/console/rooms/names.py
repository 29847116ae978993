"""Names: an application found by a family name and a birth date, asked by POST and written down.

What is searched for stands in no address, no log and no journal: the record of accesses keeps the
blind index of it, and why it was asked.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Protocol, Self
from uuid import UUID

from fastapi import Response
from sqlalchemy import Connection, text

from services.console.house import House
from services.console.matrix import ACTING, Reach, does, reads
from services.console.place import Place
from services.console.room import Room
from services.console.visit import Visit, Visiting
from shared.blind_names import IndexKeys
from shared.people import accesses
from shared.people.accesses import Act, Looked
from shared.people.register import Person
from shared.protocol.operating import names
from shared.protocol.operating.orders import OrderError, read_comment
from shared.seeking.writing import SoughtError
from shared.watching import searching
from shared.watching.searching import Listed

_BELONGS = text("SELECT id, authority_id FROM applications WHERE id = ANY(:ids)")
_FIELDS = ("nom", "naissance", "pourquoi")


@dataclass(frozen=True, slots=True, repr=False)
class Asked:
    """Whom somebody looks for, and why."""

    name: str
    birth: date
    why: str


class ByName(Protocol):
    """Finds applications by name; `ready` tells whether names are indexed at all."""

    @property
    def ready(self) -> bool: ...
    def find(self, person: Person, asked: Asked, *, actor: str) -> tuple[Listed, ...]: ...


@dataclass(frozen=True, slots=True)
class Names:
    """The index of names of a record."""

    house: House

    @classmethod
    def of(cls, house: House) -> Self:
        return cls(house)

    @property
    def ready(self) -> bool:
        return self.house.index_keys is not None

    def find(self, person: Person, asked: Asked, *, actor: str) -> tuple[Listed, ...]:
        """Who is found, written down in the same transaction.

        Raises:
            SoughtError: too few letters.
        """
        keys = self.house.index_keys
        if keys is None:
            return ()
        with self.house.seen_by(person.scope).begin() as connection:
            found = names.search(
                connection,
                keys,
                asked.name,
                asked.birth,
                actor=actor,
                why=asked.why,
                as_screens=True,
            )
            _write_down(connection, keys, person, asked, found)
            return searching.these(connection, found)


def _write_down(
    connection: Connection, keys: IndexKeys, person: Person, asked: Asked, found: list[UUID]
) -> None:
    """A look for each application that was found; when none was, one for each authority."""
    numbers = keys.asked(asked.name, asked.birth)
    sought = b"".join(number.to_bytes(8, "big", signed=True) for number in numbers)
    belongs: list[tuple[UUID | None, UUID | None]] = [
        (row.id, row.authority_id) for row in connection.execute(_BELONGS, {"ids": found})
    ]
    nobody = [(None, authority) for authority in sorted(person.authorities or ())]
    for application, authority in belongs or nobody or [(None, None)]:
        look = Looked(Act.SEARCHED, asked.why, authority, application, sought)
        accesses.record(connection, person.id, look)


def _open_routes(place: Place) -> None:
    source: ByName = place.house.source(Names)

    @place.get("/recherche")
    def form(visit: Visiting) -> Response:
        return _shown(visit, source, {}, None)

    @place.post("/recherche")
    def search(visit: Visiting) -> Response:
        asked, errors = _read(visit)
        if asked is None:
            return _shown(visit, source, errors, None)
        try:
            found = source.find(visit.person, asked, actor=visit.actor)
        except SoughtError as wrong:
            return _shown(visit, source, {"nom": f"Nom : {wrong.faults['nom']}"}, None)
        return _shown(visit, source, {}, found)


def _read(visit: Visit) -> tuple[Asked | None, Mapping[str, str]]:
    errors: dict[str, str] = {}
    birth, why = date.min, ""
    name = visit.form.text("nom")
    if not name:
        errors["nom"] = "Nom : donnez au moins ses deux premières lettres."
    try:
        birth = date.fromisoformat(visit.form.text("naissance"))
    except ValueError:
        errors["naissance"] = "Date de naissance : une date, comme 2024-03-31."
    try:
        why = read_comment(visit.form.text("pourquoi"))
    except OrderError as wrong:
        errors["pourquoi"] = f"Pourquoi : {wrong.said}"
    return (None if errors else Asked(name, birth, why)), errors


def _shown(
    visit: Visit, source: ByName, errors: Mapping[str, str], found: tuple[Listed, ...] | None
) -> Response:
    return visit.page(
        "names.html",
        status=422 if errors else 200,
        ready=source.ready,
        errors=errors,
        found=found,
        most=names.MOST_FOUND,
        values={name: visit.form.text(name) for name in _FIELDS},
    )


ROOM = Room(
    name="names",
    rows=(reads("/recherche", ACTING, Reach.NOTHING), does("/recherche", ACTING, Reach.OWN)),
    open_routes=_open_routes,
)
