"""Signing in at an identity provider: there, and back."""

import structlog
from fastapi import Response
from fastapi.responses import RedirectResponse

from services.console.identity.federation import Federation, StrangerError
from services.console.identity.metadata import ProviderAwayError
from services.console.identity.proofs import UnprovenError
from services.console.matrix import Reach, reads
from services.console.place import Place
from services.console.refusals import Refusal, unknown_page
from services.console.room import Room
from services.console.rooms.sign_in import ENTRANCE, arrive, back_to
from services.console.visit import Visiting
from shared.people.tokens import looks_like_one, mint

_log = structlog.get_logger()
_AWAY = Refusal(
    503,
    "Le fournisseur d'identité ne répond pas",
    "Réessayer dans un instant, ou entrer par mot de passe ou par lien.",
    way=ENTRANCE,
)
_UNPROVEN = Refusal(
    403,
    "La connexion n'a pas abouti",
    "Elle a duré trop longtemps, ou vient d'un autre navigateur. Revenir à la page d'entrée et "
    "recommencer.",
    way=ENTRANCE,
)
_STRANGER = Refusal(
    403,
    "Aucun accès à ce nom",
    "Le fournisseur d'identité a bien reconnu la personne, mais aucun accès ne lui est ouvert "
    "ici. Le demander à qui gère les accès.",
    way=ENTRANCE,
)


def _open_routes(place: Place) -> None:
    federation = Federation.of(place.house)

    @place.get("/entrer/ailleurs")
    def leave(visit: Visiting, vers: str = "/") -> Response:
        if federation is None:
            raise unknown_page()
        known = visit.cookies.visit if looks_like_one(visit.cookies.visit) else mint()[0]
        try:
            url = federation.leave_for(known, back_to(vers))
        except ProviderAwayError as away:
            _log.warning("console.provider_away", why=str(away))
            raise _AWAY from None
        answer = RedirectResponse(url, status_code=303)
        visit.cookies.keep_visit(answer, known)
        return answer

    @place.get("/entrer/retour")
    def come_back(visit: Visiting, code: str = "", state: str = "") -> Response:
        if federation is None:
            raise unknown_page()
        cookies = visit.cookies
        try:
            entered, path = federation.come_back(
                code=code, state=state, visit=cookies.visit, former=cookies.session
            )
        except UnprovenError as unproven:
            _log.warning("console.unproven", why=str(unproven))
            raise _UNPROVEN from None
        except StrangerError:
            raise _STRANGER from None
        except ProviderAwayError as away:
            _log.warning("console.provider_away", why=str(away))
            raise _AWAY from None
        return arrive(visit, entered, path)


ROOM = Room(
    name="elsewhere",
    rows=(
        reads("/entrer/ailleurs", None, Reach.NOTHING),
        reads("/entrer/retour", None, Reach.NOTHING),
    ),
    open_routes=_open_routes,
)
