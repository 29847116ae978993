"""Leaving: where the provider ends its own session (RP-initiated logout)."""

import secrets
from dataclasses import dataclass
from typing import Self
from urllib.parse import urlencode

from services.console.house import House
from services.console.identity.metadata import Directory, ProviderAwayError

_STATE_BYTES = 32


@dataclass(frozen=True, slots=True)
class Leaving:
    """Where somebody whom the provider signed in goes to be signed out there too."""

    directory: Directory | None
    back: str

    @classmethod
    def of(cls, house: House) -> Self:
        """Back to the sign-in page of this house."""
        return cls(house.directory, f"{house.url}/entrer")

    def url(self, id_token: str | None) -> str | None:
        """The provider's own way out; None where it has none, or signed nobody in here."""
        if id_token is None or self.directory is None:
            return None
        try:
            end = self.directory.metadata().end_session_endpoint
        except ProviderAwayError:
            return None
        if end is None:
            return None
        asked = {
            "id_token_hint": id_token,
            "post_logout_redirect_uri": self.back,
            "state": secrets.token_urlsafe(_STATE_BYTES),
        }
        return f"{end}?{urlencode(asked)}"
