"""Signing, as Standard Webhooks has it: https://www.standardwebhooks.com.

The signature covers id, time and body. While a secret is exchanged for another, both sign: a
receiver may use the one that it has.
"""

import base64
import secrets
from collections.abc import Mapping, Sequence
from datetime import datetime
from math import floor

from standardwebhooks.webhooks import Webhook

_PREFIX = "whsec_"
_RANDOM_BYTES = 32  # the standard asks for 24 to 64


def mint_secret() -> str:
    """A new secret, to be shown once to whoever runs the portal."""
    return _PREFIX + base64.b64encode(secrets.token_bytes(_RANDOM_BYTES)).decode()


def signed(id_: str, body: str, *, keys: Sequence[str], at: datetime) -> Mapping[str, str]:
    """The three headers of a delivery.

    Args:
        id_: of the event, the same at each try.
        body: exactly as it is sent.
        keys: the secrets that sign, that in use first.
        at: the time of this try (UTC).
    """
    signatures = (Webhook(key).sign(id_, at, body) for key in keys)
    return {
        "webhook-id": id_,
        "webhook-timestamp": str(floor(at.timestamp())),
        "webhook-signature": " ".join(signatures),
    }
