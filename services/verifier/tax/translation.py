"""From the answers about one or two tax households to an outcome. Pure, total."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from pydantic import ValidationError

from services.verifier.provider.answer import REQUEST_ID, Answer, Answered, Unanswered
from services.verifier.provider.matching import Identity
from services.verifier.tax.answers import TaxAnswer, Tokenless, Unpermitted
from services.verifier.tax.foyers import FoyerFiscal, distinct, facts_of
from services.verifier.tax.matching import doubt_about
from services.verifier.tax.refusals import BROKEN_BODY, Refusal, meaning_of, throttled
from services.verifier.tax.wire import WireRefused, WireSituation, WireTokenRefusal, json_object
from shared.evidence import (
    Busy,
    Certified,
    Forbidden,
    Inconsistent,
    Outcome,
    Provenance,
    Unavailable,
    Unreadable,
)
from shared.taxation import TAX_NUMBERS_FIELD, TAX_SOURCE

_UNPERMITTED = Busy(None, None, whole_habilitation=False)
_OK = 200
_LOWEST_CODE, _HIGHEST_CODE = 1000, 99_999
_TOKEN_REFUSED = frozenset({400, 401, 403})
_TOO_MANY = 429
_OAUTH_ERRORS = frozenset(
    {
        "invalid_client",
        "invalid_grant",
        "invalid_request",
        "invalid_scope",
        "unauthorized_client",
        "unsupported_grant_type",
    }
)


def translate(
    answers: Sequence[TaxAnswer],
    applicant: Identity,
    now: datetime,
    *,
    other: Identity | None = None,
) -> Outcome:
    """What the answers mean together.

    Args:
        answers: one for each tax number that was asked for, the applicant's first; at least one.
        applicant: who must declare in the first household.
        now: UTC, when they were fetched.
        other: the other parent, who must declare in the second household if there is one.
    """
    foyers: list[FoyerFiscal] = []
    for place, answer in enumerate(answers):
        match _foyer(answer, now, field=f"{TAX_NUMBERS_FIELD}/{place}"):
            case FoyerFiscal() as foyer:
                foyers.append(foyer)
            case outcome:
                return outcome
    return _believed(distinct(foyers), applicant, other)


def is_told(answer: TaxAnswer) -> bool:
    """Whether an answer may hold a household, so that the next number is worth a call."""
    return isinstance(answer, Answered) and answer.status == _OK


def shown_facts(answer: TaxAnswer) -> dict[str, Any]:
    """What is recognised of an answer, believed or not, under the provider's own field names.

    For who tries a provider: to find out why an answer is not believed, one must see it. Amounts in
    whole euros, parts as text (no float), dates as ISO 8601; what did not come is not shown.
    """
    if not isinstance(answer, Answered) or answer.status != _OK:
        return {}
    try:
        situation = WireSituation.read(answer.body)
    except ValueError:
        return {}
    shown = situation.model_dump(mode="json", by_alias=True, exclude_none=True)
    if situation.parts is not None:
        shown["nbPart"] = f"{situation.parts // 100}.{situation.parts % 100:02}"
    return {name: value for name, value in shown.items() if value != {}}


def _foyer(answer: TaxAnswer, now: datetime, *, field: str) -> FoyerFiscal | Outcome:
    match answer:
        case Tokenless(answer=instead):
            return _no_token(instead, now)
        case Unpermitted():
            return _UNPERMITTED
        case Unanswered(failure):
            return Unavailable(None, failure)
        case Answered(status=status) if status == _OK:
            return _told(answer, now)
        case Answered():
            return _refused(answer, now, field)


def _told(answer: Answered, now: datetime) -> FoyerFiscal | Outcome:
    provenance = _provenance(answer, now)
    try:
        return FoyerFiscal(WireSituation.read(answer.body), provenance)
    except ValidationError:
        return Unreadable(provenance)
    except ValueError:
        return Unavailable(provenance, BROKEN_BODY)


def _refused(answer: Answered, now: datetime, field: str) -> Outcome:
    body = json_object(answer.body)
    code = WireRefused.model_validate(body or {}).erreur.code
    code = code if code is not None and _LOWEST_CODE <= code <= _HIGHEST_CODE else None
    provenance = _provenance(answer, now, code=None if code is None else str(code))
    return meaning_of(Refusal(answer, provenance, code, body is not None, field))


def _no_token(answer: Answer | Unpermitted, now: datetime) -> Outcome:
    """Without a token nothing was asked: the fault is the habilitation's, or the gateway's."""
    if isinstance(answer, Unpermitted):
        return _UNPERMITTED
    if isinstance(answer, Unanswered):
        return Unavailable(None, f"token_{answer.failure}")
    error = WireTokenRefusal.model_validate(json_object(answer.body) or {}).error
    provenance = _provenance(answer, now, code=error if error in _OAUTH_ERRORS else None)
    if answer.status in _TOKEN_REFUSED:
        return Forbidden(provenance)
    if answer.status == _TOO_MANY:
        return throttled(answer, provenance)
    unread = answer.status == _OK
    return Unavailable(provenance, "token_unreadable" if unread else f"token_http_{answer.status}")


def _believed(
    foyers: Sequence[FoyerFiscal], applicant: Identity, other: Identity | None
) -> Outcome:
    doubt = doubt_about([foyer.situation for foyer in foyers], applicant, other)
    if doubt is not None:
        return Inconsistent(foyers[0].provenance, doubt)
    return Certified(facts_of(foyers))


def _provenance(answer: Answered, now: datetime, *, code: str | None = None) -> Provenance:
    """`request_id` is the correlation id that we sent: what the DGFiP's support asks for."""
    return Provenance(
        source=TAX_SOURCE,
        fetched_at=now,
        http_status=answer.status,
        request_id=answer.headers.get(REQUEST_ID),
        code=code,
    )
