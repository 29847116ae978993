"""One's own account: where one is signed in, the password, out everywhere."""

from dataclasses import dataclass
from typing import Self

from fastapi import Response

from services.console.door import RecordDoor
from services.console.house import House
from services.console.matrix import EVERYBODY, Reach, does, reads
from services.console.place import Place
from services.console.room import Room
from services.console.visit import Visit, Visiting
from shared.people import passwords, register, tries
from shared.people.sessions import Signed

MEANS = {"password": "mot de passe", "link": "lien", "oidc": "fournisseur d'identité"}
_WRONG = 422


@dataclass(frozen=True, slots=True)
class Account:
    """What a person may do with their own account."""

    door: RecordDoor

    @classmethod
    def of(cls, house: House) -> Self:
        return cls(RecordDoor.of(house))

    def is_theirs(self, signed: Signed, password: str) -> bool:
        """Whether somebody who is signed in knows the present password; failures are counted.

        Who has none, or came by a link, need not.
        """
        if not signed.person.has_password or signed.means == "link":
            return True
        counter, _ = tries.counters(signed.person.login, "")
        with self.door.standing() as connection:
            if tries.blocked_until(connection, [counter], now=self.door.now):
                return False
            kept = register.password_of(connection, signed.person.login)
        if passwords.matches(kept, password):
            return True
        with self.door.standing() as connection:
            tries.failed(connection, [counter], now=self.door.now)
        return False

    def choose(self, signed: Signed, password: str) -> None:
        """Keep a new password; every other browser is signed out."""
        kept = passwords.hash_of(password)
        with self.door.standing() as connection:
            register.set_password(connection, signed.person, kept)
        self.door.end_others(signed)


def _open_routes(place: Place) -> None:
    account = place.house.source(Account)

    @place.get("/compte")
    def show(visit: Visiting) -> Response:
        return _page(visit, account)

    @place.post("/compte/mot-de-passe")
    def change(visit: Visiting) -> Response:
        assert visit.signed is not None  # noqa: S101  # the matrix lets nobody else in
        errors = _faults(visit, visit.signed, account)
        if errors:
            return _page(visit, account, errors)
        account.choose(visit.signed, visit.form.raw("nouveau"))
        return visit.go(
            "/compte", "Le mot de passe est changé ; les autres navigateurs sont déconnectés."
        )

    @place.post("/compte/sortir-ailleurs")
    def leave_others(visit: Visiting) -> Response:
        assert visit.signed is not None  # noqa: S101  # idem
        ended = account.door.end_others(visit.signed)
        return visit.go("/compte", f"Sessions fermées ailleurs : {ended}.")


def _faults(visit: Visit, signed: Signed, account: Account) -> dict[str, str]:
    chosen = visit.form.raw("nouveau")
    weakness = passwords.weakness(chosen, signed.person.login)
    if weakness:
        return {"nouveau": weakness}
    if chosen != visit.form.raw("encore"):
        return {"encore": "Les deux saisies diffèrent."}
    if not account.is_theirs(signed, visit.form.raw("actuel")):
        return {
            "actuel": "Ce n'est pas le mot de passe actuel, ou trop d'essais : attendre un peu."
        }
    return {}


def _page(visit: Visit, account: Account, errors: dict[str, str] | None = None) -> Response:
    signed = visit.signed
    assert signed is not None  # noqa: S101  # the matrix lets nobody else in
    return visit.page(
        "account.html",
        status=_WRONG if errors else 200,
        browsers=account.door.browsers(signed.person),
        means=MEANS,
        here=signed.session,
        asks_present=signed.person.has_password and signed.means != "link",
        least=passwords.LEAST_LENGTH,
        errors=errors or {},
    )


ROOM = Room(
    name="account",
    rows=(
        reads("/compte", EVERYBODY, Reach.SELF),
        does("/compte/mot-de-passe", EVERYBODY, Reach.SELF),
        does("/compte/sortir-ailleurs", EVERYBODY, Reach.SELF),
    ),
    open_routes=_open_routes,
)
