"""Federation: sends a browser to the identity provider, and makes out who came back.

The request is bound to the browser (a cookie), to one return (a state that is deleted when it is
shown) and to one token (a nonce); the code to whoever asked, where the provider takes a challenge.
"""

import base64
import hashlib
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Self
from urllib.parse import urlencode

import httpx
import structlog
from sqlalchemy import delete, func, insert, select

from services.console.door import Entered, RecordDoor
from services.console.house import House
from services.console.identity import proofs
from services.console.identity.metadata import (
    Directory,
    Metadata,
    ProviderAwayError,
    as_object,
    fetched,
)
from services.console.identity.proofs import UnprovenError
from shared.people import register
from shared.people.register import Person
from shared.people.tokens import hash_of, looks_like_one, mint
from shared.store.people import SignInRequestRow

SCOPES = "openid given_name usual_name email siret"
REQUEST_LASTS = timedelta(minutes=10)
MOST_REQUESTS = 10_000
_log = structlog.get_logger()


class StrangerError(Exception):
    """The provider knows who this is; here nobody has been told of them."""


@dataclass(frozen=True, slots=True, repr=False)
class Asked:
    """A request that came back: what it was made with."""

    nonce: str
    verifier: str
    back_to: str


@dataclass(frozen=True, slots=True)
class Federation:
    """Signing in at an identity provider."""

    directory: Directory
    door: RecordDoor
    callback: str

    @classmethod
    def of(cls, house: House) -> Self | None:
        """That of a house; None where it has no provider."""
        if house.directory is None:
            return None
        return cls(house.directory, RecordDoor.of(house), f"{house.url}/entrer/retour")

    def leave_for(self, visit: str, back_to: str) -> str:
        """The address at the provider's, for a browser that is known by this token.

        Raises:
            ProviderAwayError: it does not answer, or too many browsers are there already.
        """
        said = self.directory.metadata()
        (state, state_hash), (nonce, _), (verifier, _) = mint(), mint(), mint()
        self._remember(state_hash, hash_of(visit), Asked(nonce, verifier, back_to))
        asked = {
            "response_type": "code",
            "client_id": self.directory.provider.client_id,
            "redirect_uri": self.callback,
            "scope": SCOPES,
            "state": state,
            "nonce": nonce,
        }
        if said.takes_challenge:
            asked |= {"code_challenge": _challenge(verifier), "code_challenge_method": "S256"}
        return f"{said.authorization_endpoint}?{urlencode(asked)}"

    def come_back(self, *, code: str, state: str, visit: str, former: str) -> tuple[Entered, str]:
        """Who came back, signed in, and where to; a state serves once, whatever comes of it.

        Raises:
            UnprovenError: nothing proves who this is.
            StrangerError: nobody was added here for them, or their access is closed.
            ProviderAwayError: the provider does not answer.
        """
        asked = self._recall(state, visit)
        said = self.directory.metadata()
        tokens = self._exchange(said, code, asked.verifier)
        id_token = str(tokens.get("id_token", ""))
        if proofs.names_unknown_key(id_token, said.keys):
            said = self.directory.metadata(lacking_key=True)
        claims = proofs.read_id_token(
            id_token, said.keys, **self._us, nonce=asked.nonce, now=self.door.now
        )
        told = self._told(said, str(tokens.get("access_token", "")), claims["sub"])
        person = self._person(claims["sub"], told)
        entered = self.door.begin(person, means="oidc", former=former, id_token=id_token)
        return entered, asked.back_to

    @property
    def _us(self) -> dict[str, str]:
        provider = self.directory.provider
        return {"issuer": provider.issuer, "client_id": provider.client_id}

    def _remember(self, state_hash: bytes, visit_hash: bytes, asked: Asked) -> None:
        now = self.door.now
        row = {"state_hash": state_hash, "visit_hash": visit_hash, "back_to": asked.back_to}
        with self.door.standing() as connection:
            old = delete(SignInRequestRow).where(SignInRequestRow.expires_at <= now)
            connection.execute(old)
            if connection.execute(_COUNT).scalar_one() >= MOST_REQUESTS:
                raise ProviderAwayError("too many requests have not come back")
            connection.execute(
                insert(SignInRequestRow),
                {
                    **row,
                    "nonce": asked.nonce,
                    "verifier": asked.verifier,
                    "expires_at": now + REQUEST_LASTS,
                },
            )

    def _recall(self, state: str, visit: str) -> Asked:
        if not (looks_like_one(state) and looks_like_one(visit)):
            raise UnprovenError("state")
        shown = SignInRequestRow.state_hash == hash_of(state)
        with self.door.standing() as connection:
            row = connection.execute(
                delete(SignInRequestRow).where(shown).returning(*_REMEMBERED)
            ).one_or_none()
        if row is None or row.expires_at <= self.door.now:
            raise UnprovenError("state")
        if not secrets.compare_digest(row.visit_hash, hash_of(visit)):
            raise UnprovenError("visit")
        return Asked(row.nonce, row.verifier, row.back_to)

    def _exchange(self, said: Metadata, code: str, verifier: str) -> Mapping[str, Any]:
        provider = self.directory.provider
        form = {
            "grant_type": "authorization_code",
            "client_id": provider.client_id,
            "client_secret": provider.client_secret,
            "redirect_uri": self.callback,
            "code": code,
        }
        if said.takes_challenge:
            form["code_verifier"] = verifier
        request = httpx.Request("POST", said.token_endpoint, data=form)
        return as_object(fetched(self.directory.client, request))

    def _told(self, said: Metadata, access_token: str, subject: str) -> Mapping[str, Any]:
        bearer = {"Authorization": f"Bearer {access_token}"}
        request = httpx.Request("GET", said.userinfo_endpoint, headers=bearer)
        answer = fetched(self.directory.client, request)
        signed = answer.headers["content-type"].startswith("application/jwt")
        told = answer.text if signed else as_object(answer)
        return proofs.read_userinfo(told, said.keys, **self._us, subject=subject)

    def _person(self, subject: str, told: Mapping[str, Any]) -> Person:
        issuer, email = self.directory.provider.issuer, told.get("email")
        with self.door.standing() as connection:
            person = register.by_subject(connection, issuer, subject)
            if person is None and isinstance(email, str) and told.get("email_verified", True):
                person = register.bind(connection, email.lower(), issuer=issuer, subject=subject)
        if person is None or person.disabled_at:
            _log.info("console.stranger")
            raise StrangerError
        return person


_REMEMBERED = (
    SignInRequestRow.visit_hash,
    SignInRequestRow.nonce,
    SignInRequestRow.verifier,
    SignInRequestRow.back_to,
    SignInRequestRow.expires_at,
)
_COUNT = select(func.count()).select_from(SignInRequestRow)


def _challenge(verifier: str) -> str:
    """The challenge of a verifier (RFC 7636, S256)."""
    digest = hashlib.sha256(verifier.encode()).digest()
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
