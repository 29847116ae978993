"""Care: the place that a family asks for, and for which hours."""

from dataclasses import dataclass
from datetime import date, timedelta

from services.simulator.population.draws import Draws

_STRUCTURES = (
    (("les-mesanges", "collectif"), 6),
    (("la-ribambelle", "micro_creche"), 3),
    (("au-fil-de-l-eau", "familial_parental"), 2),
)
_YOUNGEST_DAYS = 75  # a nursery takes no child younger than some ten weeks
_MONTHS = 12
_RUNNING = 80  # of a thousand contracts, those that began in the year before


@dataclass(frozen=True, slots=True)
class Care:
    """A contract: `quarter_hours` over the whole of it, spread over `instalments` invoices."""

    structure: str
    type: str
    start: date
    end: date | None
    quarter_hours: int
    instalments: int

    def contract_hours(self) -> str:
        """Hours with two decimals, as the enrolment writes them."""
        hours, quarters = divmod(self.quarter_hours, 4)
        return f"{hours}.{quarters * 25:02d}"


def care_of(draws: Draws, on: date) -> Care:
    """A contract that starts in the school year of `on`, or at times runs since the last year."""
    structure, care_type = draws.weighted(_STRUCTURES)
    instalments = draws.weighted(((12, 40), (11, 30), (10, 15), (7, 5), (draws.between(3, 9), 10)))
    weekly_quarters = draws.between(30, 200)
    start = _start(draws, on)
    return Care(
        structure=structure,
        type=care_type,
        start=start,
        end=None if draws.per_mille(150) else _after_months(start, instalments),
        quarter_hours=weekly_quarters * (instalments * 4 + draws.below(3)),
        instalments=instalments,
    )


def child_birth(draws: Draws, care: Care, on: date, *, newborn: bool) -> date:
    """A birth that lets the child come on the first day, and that is past on `on`."""
    last = min(on, care.start - timedelta(days=_YOUNGEST_DAYS))
    return draws.day_before(last, least=0, most=60 if newborn else 700)


def _start(draws: Draws, on: date) -> date:
    if draws.per_mille(_RUNNING):
        return date(on.year - 1, draws.between(1, _MONTHS), 1)
    return on + timedelta(days=draws.below(60 if draws.per_mille(500) else 300))


def _after_months(start: date, months: int) -> date:
    year, month = divmod(start.year * _MONTHS + start.month - 1 + months, _MONTHS)
    return date(year, month + 1, 1) - timedelta(days=1)
