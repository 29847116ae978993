"""Months: which quotients a tariff goes by, and how several of them are asked for."""

from datetime import UTC, date, datetime

import pytest

from services.tariff.language.scale import Scale
from services.verifier.by_month import ask_months
from services.verifier.months import Months, months_of
from shared.evidence import (
    Busy,
    Certified,
    Month,
    NoFile,
    Outcome,
    QfFacts,
    QuotientOfMonth,
    read_facts,
    write_facts,
)
from tests.local_tariffs import READ, bands, local
from tests.tariff_cases import PROVENANCE, qf

_NOW = datetime(2026, 1, 15, 9, tzinfo=UTC)
_ON = date(2026, 9, 1)
_NOVEMBER, _DECEMBER = Month(year=2025, month=11), Month(year=2025, month=12)


def _scale(month: str) -> Scale:
    measure = {"kind": "quotient_familial", "month": month, "source": READ}
    return Scale((bands(("0", "1.00"), measure=measure),))


@pytest.mark.parametrize(
    ("month", "months"),
    [
        ("current", (None,)),
        ("2026-01", (Month(year=2026, month=1),)),
        ("lowest_of_3", (None, _DECEMBER, _NOVEMBER)),
    ],
)
def test_a_tariff_says_which_months(month: str, months: Months) -> None:
    """The latest first; None is the current one."""
    assert months == months_of(_scale(month), _ON, _NOW)


@pytest.mark.parametrize(
    ("scale", "on"),
    [
        (Scale((local("flat", {"price": "1.00"}),)), _ON),
        (_scale("2026-01"), date(2020, 1, 1)),
    ],
)
def test_without_a_measure_or_a_tariff_the_current_month_is_asked(scale: Scale, on: date) -> None:
    """Whoever prices tells an agent what is missing."""
    assert (None,) == months_of(scale, on, _NOW)


class _Fund:
    """Answers each month by its own outcome."""

    def __init__(self, outcomes: dict[Month | None, Outcome], permits: int = 99) -> None:
        self.outcomes, self.permits = outcomes, permits
        self.asked: list[Month | None] = []

    async def ask(self, month: Month | None) -> Outcome:
        self.asked.append(month)
        return self.outcomes[month]

    async def may_call_again(self) -> bool:
        self.permits -= 1
        return self.permits >= 0

    async def told(self) -> Outcome:
        return await ask_months(self.ask, (None, _DECEMBER, _NOVEMBER), self.may_call_again)


async def test_the_quotients_of_several_months_are_told_as_one_answer() -> None:
    """The first answer's people and address, and a quotient for each other month."""
    now, then = qf(700), qf(650)
    fund = _Fund({None: Certified(now), _DECEMBER: Certified(then), _NOVEMBER: Certified(then)})
    outcome = await fund.told()

    assert isinstance(outcome, Certified)
    assert isinstance(outcome.facts, QfFacts)
    assert (
        QuotientOfMonth(month=_DECEMBER, euros=650),
        QuotientOfMonth(month=_NOVEMBER, euros=650),
    ) == outcome.facts.earlier
    assert 700 == outcome.facts.quotient_familial_euros


@pytest.mark.parametrize("then", [qf(None), qf(650, answered=Month(year=2026, month=1))])
async def test_a_month_without_a_figure_is_no_month(then: QfFacts) -> None:
    """Nor is one for which the MSA gave the current figure."""
    fund = _Fund({None: Certified(qf(7)), _DECEMBER: Certified(then), _NOVEMBER: Certified(then)})

    assert Certified(qf(7)) == await fund.told()


async def test_what_is_not_certified_is_the_outcome_of_all() -> None:
    """No further month is asked then."""
    fund = _Fund({None: Certified(qf(700)), _DECEMBER: NoFile(PROVENANCE)})

    assert NoFile(PROVENANCE) == await fund.told()
    assert [None, _DECEMBER] == fund.asked


async def test_each_further_month_waits_for_a_permit() -> None:
    """When none comes, the application is asked about later, as for any quota."""
    answers: dict[Month | None, Outcome] = {None: Certified(qf(1)), _DECEMBER: Certified(qf(1))}
    fund = _Fund(answers, permits=1)

    assert Busy(None, None, whole_habilitation=False) == await fund.told()
    assert [None, _DECEMBER] == fund.asked


def test_several_months_survive_their_seal_and_one_is_written_as_before() -> None:
    """Workers of the release before read what is not of several months."""
    several = qf(700, earlier=(QuotientOfMonth(month=_DECEMBER, euros=650),))

    assert several == read_facts(write_facts(several))
    assert b"earlier" not in write_facts(qf(700))
