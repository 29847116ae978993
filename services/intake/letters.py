"""Letters: a decision told to the family, and the rules as they were applied to it.

Both are written from what was sealed. A proposed decision is never told, nor one of which nobody
has checked who asks.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from starlette.responses import Response

from services.intake.decisions import find
from services.intake.papers import EVERY, answer, preferred
from services.intake.parts import Parts
from services.intake.portals import Caller
from services.intake.problems import refusal
from services.intake.wordings import Kind
from services.tariff.explanation.content import NoEnvelopeError
from services.tariff.explanation.household import NotOneHouseholdError
from services.tariff.explanation.letter import household_letter
from services.tariff.explanation.rules_applied import rules_applied

MOST_CHILDREN = 12
_VERSION = re.compile(r"[1-9]\d{0,5}\Z", re.ASCII)


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which decision is asked for, in which format, and with whose in the same letter."""

    caller: Caller
    reference: str
    version: str | None
    accept: Sequence[str]
    siblings: Sequence[str] = ()


def write_letter(parts: Parts, wanted: Wanted) -> Response:
    """The letter of a decision, and of those of the household's other children when asked.

    Raises:
        ProblemError: unknown-key, scope-missing, unknown-application, no-decision-yet,
            unknown-version, no-letter, not-acceptable, not-one-household, erased.
    """
    form = preferred(wanted.accept, EVERY)
    application, _, opened = find(parts, wanted.caller, wanted.reference, _version(wanted))
    siblings = (find(parts, wanted.caller, one)[2].content for one in wanted.siblings)
    try:
        paper = household_letter([opened.content, *siblings])
    except NoEnvelopeError:
        raise refusal(Kind.NO_LETTER) from None
    except NotOneHouseholdError:
        raise refusal(Kind.NOT_ONE_HOUSEHOLD) from None
    return answer(paper, form, named=f"decision-{application.reference}")


def write_rules(parts: Parts, wanted: Wanted) -> Response:
    """The four items that anybody may ask of a decision (CRPA R. 311-3-1-2).

    Raises:
        ProblemError: as for a letter.
    """
    form = preferred(wanted.accept, EVERY)
    application, _, opened = find(parts, wanted.caller, wanted.reference, _version(wanted))
    try:
        paper = rules_applied(opened.content)
    except NoEnvelopeError:
        raise refusal(Kind.NO_LETTER) from None
    return answer(paper, form, named=f"regles-{application.reference}")


def _version(wanted: Wanted) -> int | None:
    if wanted.version is None:
        return None
    if _VERSION.match(wanted.version) is None:
        raise refusal(Kind.UNKNOWN_VERSION)
    return int(wanted.version)
