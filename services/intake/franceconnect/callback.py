"""The callback: a portal hands in a FranceConnect token, and gets a reference to what it opened.

The record is asked before and after the call, at the desk; nothing of it is held meanwhile.
"""

from dataclasses import dataclass
from datetime import UTC, datetime

import structlog

from services.intake.desk import Desk
from services.intake.franceconnect import holding
from services.intake.franceconnect.bearer import EvidenceRequest
from services.intake.franceconnect.question import Right, find_right, read_request
from services.intake.franceconnect.refusals import COME_BACK_S, refused
from services.intake.franceconnect.told import EvidenceAnswer
from services.intake.parts import Parts
from services.intake.portals import Caller, Portal, admit
from services.verifier.provider.answer import Answer, Answered
from services.verifier.provider.asked import Asked
from services.verifier.provider.translation import translate
from shared.crash_points import Point
from shared.evidence import Busy, Certified, Forbidden, Outcome
from shared.portal_keys import Scope
from shared.store.committing import committing

_log = structlog.get_logger()


@dataclass(frozen=True, slots=True, repr=False)
class Callback:
    """One request at a callback, not yet read."""

    caller: Caller
    body: bytes


@dataclass(frozen=True, slots=True, repr=False)
class _Question:
    portal: Portal
    right: Right
    request: EvidenceRequest
    reference: str


async def certify(parts: Parts, desk: Desk, callback: Callback) -> tuple[EvidenceAnswer, bool]:
    """Ask the State about the bearer of a token, and hold what it certifies.

    Returns:
        The answer, and whether this request brought it: the same one again calls nobody.

    Raises:
        ProblemError: whatever must be mended first, or why there is no evidence.
    """
    with parts.asking.place() as deadline:
        async with deadline:
            question = await desk.serve(_read, parts, callback)
            if isinstance(question, EvidenceAnswer):
                return question, False
            answer = await parts.asking.ask(question.right, question.request.access_token)
            return await desk.serve(_settle, parts, question, answer), True


def _read(parts: Parts, callback: Callback) -> _Question | EvidenceAnswer:
    with parts.engine.connect() as connection:
        portal = admit(connection, callback.caller, Scope.APPLICATIONS_WRITE)
        request = read_request(callback.body)
        right = find_right(connection, portal, request.scheme)
        reference = holding.reference_of(parts.key_ring, portal, request)
        held = holding.find(connection, portal, reference)
    return held or _Question(portal, right, request, reference)


def _settle(parts: Parts, question: _Question, answer: Answer) -> EvidenceAnswer:
    """Hold what was certified; or say, and remember, what the State refused."""
    now, right, bearer = datetime.now(UTC), question.right, question.request.identity
    outcome = translate(answer, right.endpoint, Asked(bearer), now)
    _say(outcome, right)
    if not isinstance(outcome, Certified) or not isinstance(answer, Answered):
        _rest(parts, outcome, right, now)
        raise refused(outcome, now)
    with committing(parts.engine, Point.HOLDING, Point.HELD) as connection:
        return holding.hold(
            connection,
            parts.key_ring,
            question.portal,
            scheme=right.scheme,
            reference=question.reference,
            certified=outcome,
            kept=holding.Kept.of(bearer, answer),
        )


def _rest(parts: Parts, outcome: Outcome, right: Right, now: datetime) -> None:
    """When the State asks for a rest, nobody calls for this habilitation meanwhile."""
    if not isinstance(outcome, Busy) or not outcome.whole_habilitation:
        return
    left = (outcome.retry_at - now).total_seconds() if outcome.retry_at else COME_BACK_S
    parts.asking.rest(right.habilitation, left, type(outcome).__name__)


def _say(outcome: Outcome, right: Right) -> None:
    """One line: what came of it, and nothing of whom it is about."""
    write = _log.warning if isinstance(outcome, Forbidden) else _log.info
    found = outcome.facts.provenance if isinstance(outcome, Certified) else outcome.provenance
    write(
        "franceconnect.asked",
        outcome=type(outcome).__name__,
        habilitation=str(right.habilitation),
        http_status=found and found.http_status,
        code=found and found.code,
        request_id=found and found.request_id,
    )
