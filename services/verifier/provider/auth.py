"""By what right a call comes, and what can be read off a token without asking. Pure."""

import json
from base64 import urlsafe_b64decode
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Protocol

from services.verifier.provider.query import Parameters

_LAST_SECOND = 253_402_300_799  # of the year 9999
_LONGEST_TOKEN = 16_384
_PARTS_OF_A_JWT = 3


class Auth(Protocol):
    """What a strategy adds to a call."""

    @property
    def headers(self) -> Mapping[str, str]: ...
    @property
    def parameters(self) -> Parameters: ...


@dataclass(frozen=True, slots=True, repr=False)
class Bearer:
    """A token in its header, sent as it is, whether it can be decoded or not.

    It shows nothing of itself: a `repr` ends in tracebacks.
    """

    token: str
    parameters: Parameters = ()

    @property
    def headers(self) -> Mapping[str, str]:
        return {"Authorization": f"Bearer {self.token}"}


def by_habilitation(token: str) -> Auth:
    """The token of one habilitation."""
    return Bearer(token)


def by_delegation(token: str, delegation_id: str | None = None) -> Auth:
    """A software editor's token: its rights are those that the recipient has delegated.

    Args:
        token: the editor's, without a scope of its own.
        delegation_id: which delegation, where the recipient has given several (422 `00212`
            otherwise; none at all is 403 `00213`).
    """
    return Bearer(token, () if delegation_id is None else (("delegation_id", delegation_id),))


def by_france_connect(access_token: str) -> Auth:
    """Somebody's access token, good for about a minute: for one call, and never kept."""
    return Bearer(access_token)


def token_expiry(token: str) -> datetime | None:
    """When a JWT ends by its own `exp` (UTC), its signature unchecked; None when it does not say.

    To warn operators early; the counter alone decides.
    """
    try:
        claims = json.loads(_claims(token))
    except (ValueError, RecursionError):
        return None
    expires = claims.get("exp") if isinstance(claims, dict) else None
    if not isinstance(expires, int) or not 0 < expires <= _LAST_SECOND:
        return None
    return datetime.fromtimestamp(expires, UTC)


def _claims(token: str) -> bytes:
    """The middle part of a JWT, decoded.

    Raises:
        ValueError: when it is none.
    """
    parts = token.split(".") if len(token) <= _LONGEST_TOKEN else []
    if len(parts) != _PARTS_OF_A_JWT:
        raise ValueError("no JWT")
    claims = parts[1].encode("ascii")
    return urlsafe_b64decode(claims + b"=" * (-len(claims) % 4))
