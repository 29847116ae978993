"""Proofs: what a provider signed about somebody, and whether it is about this very sign-in."""

import hmac
import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from joserfc import jws
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

ALGORITHMS = ["RS256", "ES256"]
_LEEWAY_S = 60


class UnprovenError(Exception):
    """What came back does not prove who somebody is."""


def read_id_token(
    token: str, keys: KeySet, *, issuer: str, client_id: str, nonce: str, now: datetime
) -> Mapping[str, Any]:
    """The claims of an ID token.

    Raises:
        UnprovenError: signed by nobody we know, expired, for another, or of another sign-in.
    """
    claims = _signed(token, keys)
    _check_times(claims, now)
    _check_names(claims, issuer, client_id)
    if not hmac.compare_digest(str(claims.get("nonce", "")).encode(), nonce.encode()):
        raise UnprovenError("nonce")
    if not _text(claims.get("sub")):
        raise UnprovenError("sub")
    return claims


def read_userinfo(
    told: str | Mapping[str, Any], keys: KeySet, *, issuer: str, client_id: str, subject: str
) -> Mapping[str, Any]:
    """What the provider says of somebody, signed (ProConnect) or plain.

    Raises:
        UnprovenError: signed by nobody we know, for another, or about somebody else.
    """
    claims = _signed(told, keys) if isinstance(told, str) else told
    if isinstance(told, str):
        _check_names(claims, issuer, client_id)
    if claims.get("sub") != subject:
        raise UnprovenError("sub")
    return claims


def names_unknown_key(token: str, keys: KeySet) -> bool:
    """Whether a token is signed by a key that the provider may have made since we asked."""
    try:
        wanted = jws.extract_compact(token.encode()).headers().get("kid")
    except (JoseError, ValueError):
        return False
    return wanted is not None and wanted not in {key.kid for key in keys.keys}


def _signed(token: str, keys: KeySet) -> dict[str, Any]:
    try:
        claims = json.loads(jws.deserialize_compact(token, keys, algorithms=ALGORITHMS).payload)
    except (JoseError, ValueError, TypeError) as wrong:
        raise UnprovenError(type(wrong).__name__) from None
    if not isinstance(claims, dict):
        raise UnprovenError("no claims")
    return claims


def _check_times(claims: Mapping[str, Any], now: datetime) -> None:
    seconds, ends, begun = now.timestamp(), claims.get("exp"), claims.get("iat")
    if not isinstance(ends, int | float) or ends + _LEEWAY_S < seconds:
        raise UnprovenError("exp")
    if not isinstance(begun, int | float) or begun - _LEEWAY_S > seconds:
        raise UnprovenError("iat")


def _check_names(claims: Mapping[str, Any], issuer: str, client_id: str) -> None:
    audience = claims.get("aud")
    named = audience if isinstance(audience, list) else [audience]
    if claims.get("iss") != issuer:
        raise UnprovenError("iss")
    if client_id not in named or (len(named) > 1 and claims.get("azp") != client_id):
        raise UnprovenError("aud")


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""
