"""Rights: whose token it is, and what it opens: habilitation, editor with delegations, or JWT."""

import base64
import json
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from services.simulator.api.answers import Answer, refused
from services.simulator.api.config import Config, Delegation, Token
from services.simulator.api.particulier.nomenclature import Nomenclature
from services.simulator.api.particulier.query import Query

_JWT = re.compile(r"([\w-]{10,2000})[.]([\w-]{2,4000})[.][\w-]{20,200}\Z")


@dataclass(frozen=True, slots=True)
class Granted:
    """What a call may see, and the query that it may put."""

    scopes: frozenset[str]
    query: Query
    bucket: str = ""


class Rights:
    """The tokens of a simulator."""

    def __init__(self, config: Config, nomenclature: Nomenclature) -> None:
        self._config, self._words = config, nomenclature

    def token(self, bearer: str) -> Token | None:
        """The token behind a bearer, whatever its state; None: unknown."""
        known = self._config.tokens.get(bearer)
        return known or (_read_jwt(bearer) if self._config.any_jwt else None)

    def of(self, bearer: str) -> Token | Answer:
        """The token of a bearer, or why it gives no right."""
        token = self.token(bearer)
        if token is None:
            return self._refused("bad_token")
        if token.staging and not self._config.staging:
            return self._refused("staging_token")
        if self._config.staging and not token.staging:
            return self._refused("production_token")
        if token.expires is not None and token.expires < self._config.today():
            return self._refused("expired_token")
        return token

    def granted(self, bearer: str, query: Query) -> Granted | Answer:
        """What a bearer may see for a query; an editor's token, by the delegation it calls on."""
        token = self.of(bearer)
        if isinstance(token, Answer):
            return token
        if token.delegations is None:
            return Granted(token.scopes, query)
        if not query.get("recipient") and not query.get("delegation_id"):
            return self._refused("recipient_missing")
        return self._delegated(token.delegations, query)

    def bucket(self, bearer: str, query: Query) -> str:
        """By what the calls of a bearer are counted: the habilitation, or the delegation."""
        token = self.token(bearer)
        if token is None:
            return bearer
        fitting = _fitting(token.delegations or (), query)
        return fitting[0].id if len(fitting) == 1 else token.habilitation or bearer

    def _delegated(self, delegations: tuple[Delegation, ...], query: Query) -> Granted | Answer:
        match _fitting(delegations, query):
            case []:
                return self._refused("no_delegation")
            case [one]:
                single = {"recipient": one.recipient, **query.single}
                single.pop("delegation_id", None)
                return Granted(one.scopes, Query(single, query.first_names))
            case _:
                return self._refused("several_delegations")

    def _refused(self, name: str) -> Answer:
        return refused(self._words.error(name))


def _fitting(delegations: tuple[Delegation, ...], query: Query) -> list[Delegation]:
    recipient, number = query.get("recipient"), query.get("delegation_id")
    return [
        each
        for each in delegations
        if each.active
        and (not recipient or each.recipient == recipient)
        and (not number or each.id == number)
    ]


def _read_jwt(bearer: str) -> Token | None:
    """A token that looks as the real ones do, taken at its word: nobody checks its signature."""
    found = _JWT.match(bearer)
    if found is None:
        return None
    try:
        header, claims = _part(found[1]), _part(found[2])
        if header.get("alg") != "HS256":
            return None
        return _claimed(claims)
    except (ValueError, TypeError, AttributeError, OverflowError):
        return None


def _claimed(claims: dict[str, Any]) -> Token:
    ends = claims.get("exp")
    return Token(
        scopes=frozenset(map(str, claims.get("scopes", ()))),
        expires=None if ends is None else datetime.fromtimestamp(int(ends), UTC).date(),
        staging=claims.get("sub") == "staging",
        habilitation=str(claims.get("jti", "")),
    )


def _part(written: str) -> dict[str, Any]:
    padded = written + "=" * (-len(written) % 4)
    content: dict[str, Any] = json.loads(base64.urlsafe_b64decode(padded))
    return content
