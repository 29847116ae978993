"""An identity provider, as the composition root hands it in."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, repr=False)
class IdentityProvider:
    """Where people sign in elsewhere: its address, what we are there, what it is called here."""

    issuer: str
    client_id: str
    client_secret: str
    label: str
