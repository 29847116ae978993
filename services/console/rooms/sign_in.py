"""Signing in, by a password or by a link; signing out."""

from fastapi import Response

from services.console.door import Entered, RecordDoor
from services.console.entrance import Entrance, Waits
from services.console.identity.leaving import Leaving
from services.console.matrix import EVERYBODY, Reach, does, reads
from services.console.place import Place
from services.console.refusals import Refusal, Way
from services.console.room import Room
from services.console.visit import Visit, Visiting
from shared.people.passwords import LONGEST_PASSWORD
from shared.people.register import LONGEST_LOGIN

_REFUSED = "Identifiant et mot de passe ne vont pas ensemble, ou l'accès est fermé."
_TRY_LATER = "Trop d'essais : attendre une minute ou plus, puis recommencer."
ENTRANCE = Way("/entrer", "Page d'entrée")
_SPENT = Refusal(
    410,
    "Ce lien ne sert plus",
    "Un lien sert une fois, pendant un jour. En demander un autre à qui gère les accès.",
    way=ENTRANCE,
)
_TOO_MANY, _WRONG = 429, 422


def _open_routes(place: Place) -> None:
    entrance = place.house.source(Entrance)
    _open_password(place, entrance)
    _open_link(place, entrance)
    _open_way_out(place, place.house.source(RecordDoor), place.house.source(Leaving))


def _open_password(place: Place, entrance: Entrance) -> None:
    @place.get("/entrer")
    def sign_in(visit: Visiting, vers: str = "/", sorti: str = "") -> Response:
        if visit.house.door.who(visit.cookies.session) is not None:
            return visit.go(back_to(vers))
        return _form(visit, vers, left=bool(sorti))

    @place.post("/entrer")
    def enter(visit: Visiting) -> Response:
        login, password = visit.form.text("login").lower(), visit.form.raw("password")
        vers = visit.form.text("vers")
        if len(login) > LONGEST_LOGIN or len(password) > LONGEST_PASSWORD:
            return _form(visit, vers, status=_WRONG, wrong=_REFUSED)
        address = visit.request.client.host if visit.request.client else ""
        found = entrance.by_password(login, password, address=address, former=visit.cookies.session)
        match found:
            case Entered():
                return arrive(visit, found, vers)
            case Waits():
                return _form(visit, vers, status=_TOO_MANY, wrong=_TRY_LATER)
            case None:
                return _form(visit, vers, status=_WRONG, wrong=_REFUSED)


def _open_link(place: Place, entrance: Entrance) -> None:
    @place.get("/entrer/lien/{token}")
    def open_link(visit: Visiting, token: str) -> Response:
        """A page that asks for a yes: what fetches links ahead of people does not use one up."""
        if not entrance.link_stands(token):
            raise _SPENT
        return visit.page("sign_in_link.html", token=token)

    @place.post("/entrer/lien")
    def use_link(visit: Visiting) -> Response:
        found = entrance.by_link(visit.form.text("token"), former=visit.cookies.session)
        if found is None:
            raise _SPENT
        return arrive(visit, found, "/compte")


def _open_way_out(place: Place, door: RecordDoor, leaving: Leaving) -> None:
    @place.post("/sortir")
    def sign_out(visit: Visiting) -> Response:
        """Out of here at once; out of the provider by a link, which a form could not follow."""
        assert visit.signed is not None  # noqa: S101  # the matrix lets nobody else in
        door.end(visit.signed)
        elsewhere = leaving.url(visit.signed.id_token)
        visit.signed = None
        answer = visit.go("/entrer?sorti=1")
        if elsewhere is not None:
            answer = visit.page("signed_out.html", elsewhere=elsewhere)
        visit.cookies.drop_session(answer)
        return answer


def arrive(visit: Visit, entered: Entered, path: str) -> Response:
    """On to where somebody was going, under a new session."""
    answer = visit.go(back_to(path))
    visit.cookies.keep_session(answer, entered.token)
    return answer


def back_to(path: str) -> str:
    """A path of ours to come back to; anything else leads to the overview."""
    ours = path.startswith("/") and not path.startswith(("//", "/\\", "/entrer"))
    return path if ours and path.isprintable() else "/"


def _form(
    visit: Visit, vers: str, *, status: int = 200, wrong: str = "", left: bool = False
) -> Response:
    directory = visit.house.directory
    return visit.page(
        "sign_in.html",
        status=status,
        vers=back_to(vers),
        wrong=wrong,
        left=left,
        elsewhere=directory.provider.label if directory else "",
        login=visit.form.text("login")[:LONGEST_LOGIN],
    )


ROOM = Room(
    name="sign_in",
    rows=(
        reads("/entrer", None, Reach.NOTHING),
        does("/entrer", None, Reach.NOTHING),
        reads("/entrer/lien/{token}", None, Reach.NOTHING),
        does("/entrer/lien", None, Reach.NOTHING),
        does("/sortir", EVERYBODY, Reach.SELF),
    ),
    open_routes=_open_routes,
)
