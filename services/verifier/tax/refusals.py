"""What each refusal of the DGFiP means: by HTTP status, and by the code under `erreur`. Pure.

The codes are written down for two other resources of the same API (LEP, IFI); the income tax paths
document 400 and 403 only. So a 404 or 410 is believed to speak of a person only when a code says
so: a wrong address or a retired path must not send every family away.
"""

from collections.abc import Callable
from dataclasses import dataclass

from services.verifier.provider import comeback
from services.verifier.provider.answer import Answered
from shared.evidence import (
    Busy,
    Forbidden,
    InputRefused,
    NoFile,
    NotIdentified,
    Outcome,
    Provenance,
    Unavailable,
    Unreadable,
)

BROKEN_BODY = "broken_body"
_NOT_FOUND, _SERVER_FAULT = 404, 500


@dataclass(frozen=True, slots=True)
class Refusal:
    """An answer that is no 200.

    `code` is the one under `erreur`, if any; `is_json` whether the body was JSON; `field` the JSON
    pointer, in our application, of the tax number that was asked for.
    """

    answer: Answered
    provenance: Provenance
    code: int | None
    is_json: bool
    field: str


def meaning_of(refusal: Refusal) -> Outcome:
    """The outcome that a refusal leads to; what is in no table is `Unreadable`, for a person."""
    status = refusal.answer.status
    if status >= _SERVER_FAULT:
        return Unavailable(refusal.provenance, f"http_{status}")
    if status == _NOT_FOUND and not refusal.is_json:
        return Unavailable(refusal.provenance, BROKEN_BODY)
    by_code = BY_CODE.get((status, refusal.code or 0))
    return (by_code or BY_STATUS.get(status, _unreadable))(refusal)


def throttled(answer: Answered, provenance: Provenance) -> Busy:
    """The quota is that of the whole habilitation; `Retry-After` says when to come back."""
    retry_at = comeback.from_headers(answer.headers, provenance.fetched_at)
    return Busy(provenance, retry_at, whole_habilitation=True)


def _busy(refusal: Refusal) -> Outcome:
    return throttled(refusal.answer, refusal.provenance)


def _forbidden(refusal: Refusal) -> Outcome:
    return Forbidden(refusal.provenance)


def _no_file(refusal: Refusal) -> Outcome:
    return NoFile(refusal.provenance)


def _not_identified(refusal: Refusal) -> Outcome:
    return NotIdentified(refusal.provenance)


def _number_refused(refusal: Refusal) -> Outcome:
    return InputRefused(refusal.provenance, (refusal.field,))


def _unreadable(refusal: Refusal) -> Outcome:
    return Unreadable(refusal.provenance)


BY_CODE: dict[tuple[int, int], Callable[[Refusal], Outcome]] = {
    (400, 4001): _number_refused,
    (400, 4002): _unreadable,  # a wrong year: we send none
    (400, 4007): _unreadable,  # a wrong département: idem
    (403, 4031): _forbidden,  # this resource, this teleservice, this year
    (404, 4101): _no_file,
    (404, 4102): _not_identified,
    (410, 4101): _no_file,
    (410, 4102): _not_identified,
}
BY_STATUS: dict[int, Callable[[Refusal], Outcome]] = {
    204: _no_file,
    401: _forbidden,  # still, with a token that was fetched anew
    403: _forbidden,
    429: _busy,
}
