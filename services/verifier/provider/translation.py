"""From an answer to an outcome: HTTP status first, then the code. Pure, total.

An answer outside the table is `Unreadable`: a person looks, nothing is guessed. Only a status that
says "stop" (401, 403, 429) or "broken" (5xx) is believed without a code that we know.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from pydantic import ValidationError

from services.verifier.provider import comeback
from services.verifier.provider.answer import (
    CACHED,
    REQUEST_ID,
    Answer,
    Answered,
    Failure,
    Unanswered,
)
from services.verifier.provider.asked import Asked
from services.verifier.provider.endpoint import Endpoint, Modality
from services.verifier.provider.matching import doubt_about
from services.verifier.provider.nomenclature import (
    Meaning,
    failure_name,
    is_about_france_connect,
    known_code,
    meaning_of,
)
from services.verifier.provider.refusals import ACCESS_TOKEN, refused_field
from services.verifier.provider.wire import WireAnswer, WireError, WireErrors, read_json
from shared.evidence import (
    Busy,
    Certified,
    Forbidden,
    Inconsistent,
    InputRefused,
    NoChildUnderSeven,
    NoFile,
    NotIdentified,
    Outcome,
    Provenance,
    Unavailable,
    Unreadable,
)

BROKEN_BODY = "broken_body"
CONFLICT_SECONDS = 5
_LONGEST_REQUEST_ID = 64
_ENDPOINTS_OWN = frozenset({Meaning.NO_CHILD_UNDER_SEVEN, Meaning.PERIOD_REFUSED})


@dataclass(frozen=True, slots=True)
class _Reading:
    """One HTTP answer as far as it is read; `errors` is None when the body is not JSON."""

    answer: Answered
    endpoint: Endpoint[Any]
    asked: Asked
    provenance: Provenance
    errors: tuple[WireError, ...] | None

    @property
    def meanings(self) -> set[Meaning]:
        """What its errors mean at this endpoint."""
        status, own = self.answer.status, self.endpoint.own
        known = {meaning_of(error, status) for error in self.errors or ()} - {None}
        return {means for means in known if means and (means in own or means not in _ENDPOINTS_OWN)}


def translate(answer: Answer, endpoint: Endpoint[Any], asked: Asked, now: datetime) -> Outcome:
    """What an answer means for who was asked about (`now`: UTC, when it was fetched)."""
    match answer:
        case Unanswered(Failure.UNSENDABLE):
            return _denied(endpoint, None)
        case Unanswered(failure):
            return Unavailable(provenance=None, failure=failure)
        case Answered(status=status):
            errors = _errors(answer.body)
            provenance = _provenance(answer, endpoint, errors or (), now)
            meaning = _BY_STATUS.get(status) or _BY_CLASS.get(status // 100, _unreadable)
            return meaning(_Reading(answer, endpoint, asked, provenance, errors))


def _believed(reading: _Reading) -> Outcome:
    """A 200 that is of the contract, and about this family."""
    try:
        answer = WireAnswer.model_validate(read_json(reading.answer.body))
        data = reading.endpoint.wire.model_validate(answer.data)
    except ValidationError:
        return Unreadable(reading.provenance)
    except ValueError:
        return Unavailable(reading.provenance, BROKEN_BODY)
    doubt = doubt_about(reading.asked.applicant, data)
    if doubt is not None:
        return Inconsistent(reading.provenance, doubt)
    facts = reading.endpoint.facts(data, answer.meta, reading.asked, reading.provenance)
    return Certified(facts)


def _denied(endpoint: Endpoint[Any], provenance: Provenance | None) -> Outcome:
    """The token is not taken; one of FranceConnect is its bearer's, and no habilitation's fault."""
    if endpoint.modality is Modality.FRANCE_CONNECT:
        return InputRefused(provenance, (ACCESS_TOKEN,))
    return Forbidden(provenance)


def _unauthorised(reading: _Reading) -> Outcome:
    return _denied(reading.endpoint, reading.provenance)


def _forbidden(reading: _Reading) -> Outcome:
    return Forbidden(reading.provenance)


def _by_meaning(reading: _Reading) -> Outcome:
    """The gravest of the errors decides; an answer that is not JSON is not the counter's.

    A wrong address or a page of a proxy must not park every family.
    """
    if reading.errors is None:
        return Unavailable(reading.provenance, BROKEN_BODY)
    gravest = next((means for means in Meaning if means in reading.meanings), None)
    return _unreadable(reading) if gravest is None else _BY_MEANING[gravest](reading)


def _refused(reading: _Reading) -> Outcome:
    """The validators accumulate: every refused field is told, once."""
    status = reading.answer.status
    fields = (refused_field(error, status) for error in reading.errors or ())
    return InputRefused(reading.provenance, tuple(dict.fromkeys(filter(None, fields))))


def _not_identified(reading: _Reading) -> Outcome:
    return NotIdentified(reading.provenance)


def _no_child_under_seven(reading: _Reading) -> Outcome:
    return NoChildUnderSeven(reading.provenance)


def _no_file(reading: _Reading) -> Outcome:
    return NoFile(reading.provenance)


def _conflict(reading: _Reading) -> Outcome:
    """The same request is already in flight: a matter of seconds, for this family only."""
    retry_at = comeback.after(CONFLICT_SECONDS, reading.provenance.fetched_at)
    return Busy(reading.provenance, retry_at, whole_habilitation=False)


def _throttled(reading: _Reading) -> Outcome:
    retry_at = comeback.from_headers(reading.answer.headers, reading.provenance.fetched_at)
    return Busy(reading.provenance, retry_at, whole_habilitation=True)


def _maintenance(reading: _Reading) -> Outcome:
    """Maintenance says when it ends; a 503 that does not speak of it is a failure."""
    announced = next(filter(_announced, reading.errors or ()), None)
    if announced is None:
        return _broken(reading)
    now = reading.provenance.fetched_at
    retry_at = comeback.after(announced.meta.retry_in, now)
    retry_at = retry_at or comeback.from_headers(reading.answer.headers, now)
    whole = not is_about_france_connect(announced)
    return Busy(reading.provenance, retry_at, whole_habilitation=whole)


def _announced(error: WireError) -> bool:
    return meaning_of(error, 503) is Meaning.MAINTENANCE


def _broken(reading: _Reading) -> Outcome:
    failure = failure_name(reading.errors or (), reading.answer.status)
    return Unavailable(reading.provenance, failure)


def _unreadable(reading: _Reading) -> Outcome:
    return Unreadable(reading.provenance)


_BY_STATUS: dict[int, Callable[[_Reading], Outcome]] = {
    200: _believed,
    401: _unauthorised,
    403: _forbidden,
    404: _by_meaning,
    409: _by_meaning,
    422: _by_meaning,
    429: _throttled,
    503: _maintenance,
}
_BY_CLASS: dict[int, Callable[[_Reading], Outcome]] = {5: _broken}
_BY_MEANING: dict[Meaning, Callable[[_Reading], Outcome]] = {
    Meaning.ACCESS_REFUSED: _forbidden,
    Meaning.OUR_MISTAKE: _unreadable,
    Meaning.INPUT_REFUSED: _refused,
    Meaning.PERIOD_REFUSED: _refused,
    Meaning.NOT_IDENTIFIED: _not_identified,
    Meaning.NO_CHILD_UNDER_SEVEN: _no_child_under_seven,
    Meaning.NO_FILE: _no_file,
    Meaning.CONFLICT: _conflict,
    Meaning.BROKEN: _broken,
}


def _errors(body: bytes) -> tuple[WireError, ...] | None:
    """The errors of a body, none when it is not the envelope; None when it is not JSON at all."""
    try:
        return WireErrors.model_validate(read_json(body)).errors
    except ValidationError:
        return ()
    except ValueError:
        return None


def _provenance(
    answer: Answered, endpoint: Endpoint[Any], errors: tuple[WireError, ...], now: datetime
) -> Provenance:
    return Provenance(
        source=endpoint.source,
        fetched_at=now,
        http_status=answer.status,
        request_id=_request_id(answer),
        code=next(filter(None, map(known_code, errors)), None),
        cached={"true": True, "false": False}.get(answer.headers.get(CACHED, "").lower()),
    )


def _request_id(answer: Answered) -> str | None:
    """What to quote to the provider's support, when it looks like an identifier."""
    found = answer.headers.get(REQUEST_ID, "")
    plain = found.isascii() and found.replace("-", "").isalnum()
    return found if plain and len(found) <= _LONGEST_REQUEST_ID else None
