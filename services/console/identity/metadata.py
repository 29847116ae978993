"""What an identity provider says of itself: its addresses and its keys, kept for an hour.

An unknown key has them fetched again, once a minute at most: a provider changes its keys when it
likes, and whoever makes tokens up must not have us knock at its door each time.
"""

import threading
import time
from collections.abc import Callable, Mapping
from contextlib import closing
from dataclasses import dataclass
from typing import Any

import httpx
from joserfc.jwk import KeySet

from services.console.identity.provider import IdentityProvider

LARGEST_ANSWER = 262_144
_KEPT_S, _AGAIN_S = 3_600.0, 60.0
_AWAY_S = 5.0  # during which one that did not answer is not asked again
_WELL_KNOWN = "/.well-known/openid-configuration"
_OK = 200


class ProviderAwayError(Exception):
    """The provider does not answer, or not what one expects of a provider."""


@dataclass(frozen=True, slots=True)
class Metadata:
    """The addresses of a provider, its keys, and whether it takes a challenge (PKCE)."""

    authorization_endpoint: str
    token_endpoint: str
    userinfo_endpoint: str
    end_session_endpoint: str | None
    takes_challenge: bool
    keys: KeySet


class Directory:
    """Knows what a provider says of itself.

    Args:
        provider: which one.
        client: how it is asked; its own limits of time hold.
        clock: seconds that only go forward.
    """

    def __init__(
        self,
        provider: IdentityProvider,
        client: httpx.Client,
        *,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.provider, self.client = provider, client
        self._clock = clock
        self._mutex = threading.Lock()
        self._known: Metadata | None = None
        self._read_at = self._away_until = 0.0

    def metadata(self, *, lacking_key: bool = False) -> Metadata:
        """What it says of itself.

        Args:
            lacking_key: a token names a key that is not among those that were read.

        Raises:
            ProviderAwayError: it does not answer, or is not who it should be.
        """
        with self._mutex:
            age = self._clock() - self._read_at
            if self._known is None or age > (_AGAIN_S if lacking_key else _KEPT_S):
                self._known = self._read_unless_away()
                self._read_at = self._clock()
            return self._known

    def _read_unless_away(self) -> Metadata:
        """Who waits behind one that found nobody is told so at once."""
        if self._clock() < self._away_until:
            raise ProviderAwayError("it did not answer a moment ago")
        try:
            return self._read()
        except ProviderAwayError:
            self._away_until = self._clock() + _AWAY_S
            raise

    def _read(self) -> Metadata:
        said = self._json(self.provider.issuer.rstrip("/") + _WELL_KNOWN)
        if said.get("issuer") != self.provider.issuer:
            raise ProviderAwayError("it says that it is another issuer")
        try:
            return Metadata(
                authorization_endpoint=said["authorization_endpoint"],
                token_endpoint=said["token_endpoint"],
                userinfo_endpoint=said["userinfo_endpoint"],
                end_session_endpoint=said.get("end_session_endpoint"),
                takes_challenge="S256" in said.get("code_challenge_methods_supported", ()),
                keys=KeySet.import_key_set(self._json(said["jwks_uri"])),  # type: ignore[arg-type]
            )
        except (KeyError, TypeError, ValueError) as lacking:
            raise ProviderAwayError(f"it does not say: {lacking}") from None

    def _json(self, url: str) -> Mapping[str, Any]:
        return as_object(fetched(self.client, httpx.Request("GET", url)))


def fetched(client: httpx.Client, request: httpx.Request) -> httpx.Response:
    """A provider's answer, whole and not too long.

    Raises:
        ProviderAwayError: none came, or it refuses.
    """
    try:
        body = bytearray()
        with closing(client.send(request, stream=True)) as answer:
            for chunk in answer.iter_bytes():
                body += chunk
                if len(body) > LARGEST_ANSWER:
                    raise ProviderAwayError("its answer does not end")
    except httpx.HTTPError as failed:
        raise ProviderAwayError(type(failed).__name__) from None
    if answer.status_code != _OK:
        raise ProviderAwayError(f"it answers {answer.status_code}")
    return httpx.Response(_OK, headers=_kind(answer), content=bytes(body))


def as_object(answer: httpx.Response) -> Mapping[str, Any]:
    """The JSON object of an answer.

    Raises:
        ProviderAwayError: it is none.
    """
    try:
        said = answer.json()
    except ValueError:
        raise ProviderAwayError("its answer is no JSON") from None
    if not isinstance(said, dict):
        raise ProviderAwayError("its answer is no object")
    return said


def _kind(answer: httpx.Response) -> dict[str, str]:
    return {"content-type": answer.headers.get("content-type", "")}
