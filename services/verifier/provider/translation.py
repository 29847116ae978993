"""From an answer to an outcome: HTTP status first, then the family of the code. Pure, total.

An answer outside the table is `Unreadable`: a person looks, nothing is guessed.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from pydantic import ValidationError

from services.verifier.provider import comeback
from services.verifier.provider.answer import CACHED, REQUEST_ID, Answer, Answered, Unanswered
from services.verifier.provider.matching import child_listed, doubt_about
from services.verifier.provider.nomenclature import (
    CONFLICT_SECONDS,
    RECIPIENT_REFUSED,
    UNSUPPORTED_VERSION,
    failure_name,
    is_maintenance,
    is_not_eligible,
    is_not_identified,
    known_code,
    refused_field,
)
from services.verifier.provider.wire import WireAnswer, WireData, WireError, WireErrors, read_json
from shared.application import Application
from shared.evidence import (
    EAJE_SOURCE,
    Busy,
    Certified,
    EajeFacts,
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
_LONGEST_REQUEST_ID = 64


@dataclass(frozen=True, slots=True)
class _Reading:
    """One HTTP answer as far as it is read; `errors` is None when the body is not JSON."""

    answer: Answered
    application: Application
    provenance: Provenance
    errors: tuple[WireError, ...] | None


def translate(answer: Answer, application: Application, now: datetime) -> Outcome:
    """What an answer means for an application (`now`: UTC, when it was fetched)."""
    match answer:
        case Unanswered(failure):
            return Unavailable(provenance=None, failure=failure)
        case Answered(status=status):
            errors = _errors(answer.body)
            provenance = _provenance(answer, errors or (), now)
            meaning = _BY_STATUS.get(status) or _BY_CLASS.get(status // 100, _unreadable)
            return meaning(_Reading(answer, application, provenance, errors))


def _believed(reading: _Reading) -> Outcome:
    """A 200 that is of the contract, and about this family."""
    try:
        data = WireAnswer.model_validate(read_json(reading.answer.body)).data
    except ValidationError:
        return Unreadable(reading.provenance)
    except ValueError:
        return Unavailable(reading.provenance, BROKEN_BODY)
    doubt = doubt_about(reading.application.applicant, data)
    if doubt is not None:
        return Inconsistent(reading.provenance, doubt)
    return Certified(_facts(data, reading))


def _facts(data: WireData, reading: _Reading) -> EajeFacts:
    parameters = data.parametres_calcul_participation_familiale
    resources = parameters.base_ressources_annuelles
    return EajeFacts(
        children=parameters.nombre_enfants_a_charge,
        aeeh_children=parameters.nombre_enfants_beneficiaire_aeeh,
        annual_resources_cents=resources and resources.valeur,
        resources_year=resources and resources.annee_calcul,
        child_listed=child_listed(reading.application.child, data),
        address_line=data.adresse.numero_libelle_voie,
        address_city=data.adresse.code_postal_ville,
        provenance=reading.provenance,
    )


def _forbidden(reading: _Reading) -> Outcome:
    return Forbidden(reading.provenance)


def _not_found(reading: _Reading) -> Outcome:
    """A 404 without a code is not the counter's: a wrong address must not park every family."""
    if reading.errors is None:
        return Unavailable(reading.provenance, BROKEN_BODY)
    if any(is_not_eligible(error) for error in reading.errors):
        return NoChildUnderSeven(reading.provenance)
    if reading.provenance.code in (None, UNSUPPORTED_VERSION):
        return Unreadable(reading.provenance)
    return NoFile(reading.provenance)


def _conflict(reading: _Reading) -> Outcome:
    """The same request is already in flight: a matter of seconds, for this family only."""
    retry_at = comeback.after(CONFLICT_SECONDS, reading.provenance.fetched_at)
    return Busy(reading.provenance, retry_at, whole_habilitation=False)


def _unprocessable(reading: _Reading) -> Outcome:
    """The validators accumulate: all errors are read, and the gravest decides."""
    if reading.errors is None:
        return Unavailable(reading.provenance, BROKEN_BODY)
    if any(error.code in RECIPIENT_REFUSED for error in reading.errors):
        return Forbidden(reading.provenance)
    fields = tuple(dict.fromkeys(filter(None, map(refused_field, reading.errors))))
    if fields:
        return InputRefused(reading.provenance, fields)
    if any(is_not_identified(error) for error in reading.errors):
        return NotIdentified(reading.provenance)
    return Unreadable(reading.provenance)


def _throttled(reading: _Reading) -> Outcome:
    retry_at = comeback.from_headers(reading.answer.headers, reading.provenance.fetched_at)
    return Busy(reading.provenance, retry_at, whole_habilitation=True)


def _maintenance(reading: _Reading) -> Outcome:
    """Maintenance says when it ends; a 503 that does not speak of it is a failure."""
    announced = next(filter(is_maintenance, reading.errors or ()), None)
    if announced is None:
        return _broken(reading)
    now = reading.provenance.fetched_at
    retry_at = comeback.after(announced.meta.retry_in, now)
    retry_at = retry_at or comeback.from_headers(reading.answer.headers, now)
    return Busy(reading.provenance, retry_at, whole_habilitation=True)


def _broken(reading: _Reading) -> Outcome:
    failure = failure_name(reading.errors or (), reading.answer.status)
    return Unavailable(reading.provenance, failure)


def _unreadable(reading: _Reading) -> Outcome:
    return Unreadable(reading.provenance)


_BY_STATUS: dict[int, Callable[[_Reading], Outcome]] = {
    401: _forbidden,
    403: _forbidden,
    404: _not_found,
    409: _conflict,
    422: _unprocessable,
    429: _throttled,
    503: _maintenance,
}
_BY_CLASS: dict[int, Callable[[_Reading], Outcome]] = {2: _believed, 5: _broken}


def _errors(body: bytes) -> tuple[WireError, ...] | None:
    """The errors of a body, none when it is not the envelope; None when it is not JSON at all."""
    try:
        return WireErrors.model_validate(read_json(body)).errors
    except ValidationError:
        return ()
    except ValueError:
        return None


def _provenance(answer: Answered, errors: tuple[WireError, ...], now: datetime) -> Provenance:
    return Provenance(
        source=EAJE_SOURCE,
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
