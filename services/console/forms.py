"""Forms: what a browser posted, bounded, and the proof that one of our own pages asked for it."""

import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import parse_qsl

from fastapi import Request

from services.console.refusals import Refusal

LARGEST_FORM = 65_536
MOST_FIELDS = 1_000
CSRF_FIELD = "csrf"
_URLENCODED = "application/x-www-form-urlencoded"


@dataclass(frozen=True, slots=True, repr=False)
class Form:
    """The fields of a form, each with its values in order."""

    fields: Mapping[str, tuple[str, ...]]

    def text(self, name: str) -> str:
        """The last value of a field, without spaces around it; empty when it is not there."""
        return self.raw(name).strip()

    def raw(self, name: str) -> str:
        """Idem, as it was typed."""
        return self.fields.get(name, ("",))[-1]

    def all(self, name: str) -> tuple[str, ...]:
        """Every value of a field."""
        return self.fields.get(name, ())


EMPTY = Form({})


async def read_form(request: Request) -> Form:
    """The form in a request's body.

    Raises:
        Refusal: it is no form, or too long.
    """
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != _URLENCODED:
        raise Refusal(415, "Formulaire illisible", "Revenir à la page et recommencer.")
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > LARGEST_FORM:
            raise Refusal(413, "Formulaire trop long", "Raccourcir les textes et recommencer.")
    return parse(bytes(body))


def parse(body: bytes) -> Form:
    """The fields of a body.

    Raises:
        Refusal: too many fields, or text that is none.
    """
    try:
        pairs = parse_qsl(
            body.decode("ascii"),
            keep_blank_values=True,
            max_num_fields=MOST_FIELDS,
            errors="strict",
        )
    except ValueError:
        raise Refusal(400, "Formulaire illisible", "Revenir à la page et recommencer.") from None
    fields: dict[str, tuple[str, ...]] = {}
    for name, value in pairs:
        fields[name] = (*fields.get(name, ()), value)
    return Form(fields)


def csrf_of(secret: bytes) -> str:
    """What a form of this session or visit carries."""
    return hmac.new(secret, b"berceau form", hashlib.sha256).hexdigest()


def is_ours(form: Form, secret: bytes) -> bool:
    """Whether one of our own pages, shown in this very browser, carries this form."""
    return bool(secret) and hmac.compare_digest(
        form.raw(CSRF_FIELD).encode(), csrf_of(secret).encode()
    )
