"""Applications: sought by what may stand in an address, listed page after page, filters kept."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Self
from urllib.parse import urlencode

from fastapi import Response
from sqlalchemy import text

from services.console import criteria
from services.console.house import House
from services.console.matrix import EVERYBODY, Reach, Verb, does, reads
from services.console.place import Place
from services.console.refusals import APPLICATIONS, REFERENCE, Refusal, unknown_application
from services.console.room import Entry, Room
from services.console.visit import Visit, Visiting
from shared.protocol.operating import orders, previewing, saved
from shared.protocol.operating.saved import TEAM, Saved
from shared.roles import Role, Scope
from shared.seeking.sought import Sought
from shared.seeking.writing import SoughtError, read, read_text, written
from shared.watching import searching
from shared.watching.searching import Found

PAGE = 50
MOST_COUNTED = 10_000
MOST_CHOICES = 300
_OWN = ("after", "error")  # what an address holds beside what is sought
_CHOICES = {
    "authority": text("SELECT code FROM authorities ORDER BY code LIMIT :most"),
    "portal": text("SELECT code FROM portals ORDER BY code LIMIT :most"),
    "habilitation": text("SELECT code FROM habilitations ORDER BY code LIMIT :most"),
    "campaign": text("SELECT code FROM campaigns ORDER BY started_at DESC LIMIT :most"),
    "scheme": text("""
        SELECT t.code || '/' || s.code FROM schemes s JOIN authorities t ON t.id = s.authority_id
        ORDER BY 1 LIMIT :most
    """),
    "structure": text("""
        SELECT t.code || '/' || s.code FROM structures s
        JOIN authorities t ON t.id = s.authority_id ORDER BY 1 LIMIT :most
    """),
}


@dataclass(frozen=True, slots=True)
class Applications:
    """The applications and the filters of a record."""

    house: House

    @classmethod
    def of(cls, house: House) -> Self:
        return cls(house)

    def found(self, scope: Scope, sought: Sought, after: str | None) -> tuple[Found, int]:
        """A page, and how many there are in all, `MOST_COUNTED` at most."""
        with self.house.seen_by(scope).begin() as connection:
            page = searching.page(connection, sought, after=after, most=PAGE)
            return page, previewing.count(connection, sought, most=MOST_COUNTED)

    def choices(self, scope: Scope) -> Mapping[str, Sequence[str]]:
        """The codes that a form offers, by field."""
        with self.house.seen_by(scope).begin() as connection:
            values = {"most": MOST_CHOICES}
            return {
                name: list(connection.execute(query, values).scalars())
                for name, query in _CHOICES.items()
            }

    def kept(self, scope: Scope, owner: str) -> list[Saved]:
        """Somebody's filters, and the team's."""
        with self.house.seen_by(scope).begin() as connection:
            return saved.saved_of(connection, [owner, TEAM])

    def keep(self, scope: Scope, owner: str, name: str, sought: Sought, *, by: str) -> None:
        with self.house.seen_by(scope).begin() as connection:
            saved.save(connection, owner, name, sought, by=by)

    def forget(self, scope: Scope, owner: str, name: str) -> bool:
        with self.house.seen_by(scope).begin() as connection:
            return saved.forget(connection, owner, name)


def _open_routes(place: Place) -> None:
    applications = place.house.source(Applications)

    @place.get("/dossiers")
    def listing(visit: Visiting, after: str = "") -> Response:
        pairs = [one for one in visit.request.query_params.multi_items() if one[0] not in _OWN]
        alone = _reference_alone(pairs)
        if alone:
            return visit.go(f"/dossiers/{alone}")
        return _listed(visit, applications, pairs, after)

    @place.post("/filtres")
    def keep(visit: Visiting) -> Response:
        text_, name = visit.form.text("filtre"), visit.form.text("nom")
        by = visit.actor
        owner = TEAM if visit.form.text("pour") == TEAM else by
        if owner == TEAM and visit.role is Role.DPO:
            raise Refusal(
                403, "Filtre d'équipe", "Votre rôle garde ses propres filtres.", way=APPLICATIONS
            )
        try:
            applications.keep(visit.scope, owner, name, read_text(text_), by=by)
        except SoughtError as wrong:
            raise Refusal(
                422, "Le filtre n'est pas gardé", _faults(wrong), way=APPLICATIONS
            ) from None
        return visit.go(f"/dossiers?{text_}", f"Le filtre « {name} » est gardé.")

    @place.post("/filtres/oublier")
    def forget(visit: Visiting) -> Response:
        name = visit.form.text("nom")
        owner = TEAM if visit.form.text("pour") == TEAM else visit.actor
        if not applications.forget(visit.scope, owner, name):
            raise Refusal(
                404, "Ce filtre n'est plus gardé", "Revenir aux dossiers.", way=APPLICATIONS
            )
        return visit.go("/dossiers", f"Le filtre « {name} » n'est plus gardé.")


def _listed(
    visit: Visit, applications: Applications, pairs: Sequence[tuple[str, str]], after: str
) -> Response:
    errors: dict[str, str] = {}
    sought, found, count = Sought(), Found((), None), 0
    try:
        sought = read(pairs)
        found, count = applications.found(visit.scope, sought, after or None)
    except SoughtError as wrong:
        errors = {name: f"{_label(name)} : {said}" for name, said in wrong.faults.items()}
    query = written(sought)
    following = urlencode({"after": found.after}) if found.after else ""
    return visit.page(
        "applications.html",
        status=422 if errors else 200,
        **_form(visit, applications, pairs),
        errors=errors,
        told=list(criteria.told(sought)),
        query=query,
        rows=found.rows,
        count=count,
        more=count >= MOST_COUNTED,
        first=f"/dossiers?{query}" if after else None,
        after=f"/dossiers?{'&'.join(one for one in (query, following) if one)}"
        if following
        else None,
        acts=tuple(orders.Verb) if visit.may(Verb.POST, "/agir") else (),
    )


def _form(
    visit: Visit, applications: Applications, pairs: Sequence[tuple[str, str]]
) -> dict[str, Any]:
    owner = visit.actor
    return {
        "values": dict(pairs),
        "states": [value for name, value in pairs if name == "state"],
        "choices": {
            name: criteria.coded(codes) for name, codes in applications.choices(visit.scope).items()
        },
        "criteria": criteria,
        "kept": applications.kept(visit.scope, owner),
        "team": TEAM,
        "may_team": visit.role is not Role.DPO,
        "by_name": visit.may(Verb.GET, "/recherche"),
    }


def _reference_alone(pairs: Sequence[tuple[str, str]]) -> str:
    """The reference, when it is all that is asked: its own page says more than a list of one.

    Raises:
        Refusal: it is none; somebody may have typed a name, which is not shown back.
    """
    given = [(name, value.strip()) for name, value in pairs if value.strip()]
    if len(given) != 1 or given[0][0] != "reference":
        return ""
    reference = given[0][1].upper().replace(" ", "-")
    if REFERENCE.match(reference) is None:
        raise unknown_application()
    return reference


def _label(name: str) -> str:
    return criteria.LABELS.get(name, name)


def _faults(wrong: SoughtError) -> str:
    return " ".join(said[0].upper() + said[1:] for said in wrong.faults.values())


ROOM = Room(
    name="applications",
    rows=(
        reads("/dossiers", EVERYBODY, Reach.OWN),
        does("/filtres", EVERYBODY, Reach.SELF),
        does("/filtres/oublier", EVERYBODY, Reach.SELF),
    ),
    entries=(Entry("Dossiers", "/dossiers", 20),),
    open_routes=_open_routes,
)
