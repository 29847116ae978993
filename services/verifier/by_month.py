"""By month: a quotient familial that is asked for several months, one call each, told as one."""

from collections.abc import Awaitable, Callable, Sequence

from services.verifier.contract import MayCallAgain
from shared.evidence import Busy, Certified, Month, Outcome, QfFacts, QuotientOfMonth

AskMonth = Callable[[Month | None], Awaitable[Outcome]]


async def ask_months(
    ask: AskMonth, months: Sequence[Month | None], may_call_again: MayCallAgain
) -> Outcome:
    """The answer of the first month, with the quotients of the others.

    Each further call waits for a permit, and is `Busy` when none comes in time; an answer that is
    not certified is the outcome of all.
    """
    first = await ask(months[0])
    earlier: list[QuotientOfMonth] = []
    for month in months[1:]:
        if not isinstance(first, Certified) or not isinstance(first.facts, QfFacts):
            return first
        if not await may_call_again():
            return Busy(None, None, whole_habilitation=False)
        outcome = await ask(month)
        if not isinstance(outcome, Certified) or not isinstance(outcome.facts, QfFacts):
            return outcome
        earlier.extend(_quotient(outcome.facts, month))
    if not earlier or not isinstance(first, Certified) or not isinstance(first.facts, QfFacts):
        return first
    return Certified(first.facts.model_copy(update={"earlier": tuple(earlier)}))


def _quotient(facts: QfFacts, month: Month | None) -> Sequence[QuotientOfMonth]:
    """What a month gave; nothing when the fund gave no figure, or answered for another month."""
    euros, told = facts.quotient_familial_euros, facts.answered or month
    if euros is None or month is None or told != month:
        return ()
    return (QuotientOfMonth(month=month, euros=euros),)
