"""Period: the month that a QF is asked for, its rules, and when a month's figure is there.

Years N to N-2, no month to come, and since September 2026 no more than 23 months back. The CAF
computes the month that begins in a batch that runs after its first week-end.
"""

import re
from dataclasses import dataclass
from datetime import date

from services.simulator.api.particulier.nomenclature import Edition
from services.simulator.api.particulier.query import Query
from services.simulator.clock import first_sunday

_MONTHS = 12
_MOST_BACK = 23
_YEARS_BACK = 2


@dataclass(frozen=True, slots=True, order=True)
class Period:
    """A month."""

    year: int
    month: int

    def before(self, today: date) -> int:
        """How many months it lies before the current one."""
        return (today.year - self.year) * _MONTHS + today.month - self.month


def asked(query: Query, today: date) -> Period:
    """The month of a query that passed; the current one where it says nothing."""
    return Period(_number(query, "annee") or today.year, _number(query, "mois") or today.month)


def failing_period(query: Query, today: date, edition: Edition) -> tuple[str, ...]:
    """The names (in `refusals.yaml`) of the period's validators that a query fails."""
    year, month = _number(query, "annee"), _number(query, "mois")
    year_fits = not query.get("annee") or today.year - _YEARS_BACK <= year <= today.year
    month_exists = not query.get("mois") or 1 <= month <= _MONTHS
    whole = Period(year or today.year, month or today.month)
    month_fits = month_exists and not (year_fits and whole.before(today) < 0)
    checks = (("month_asked", month_fits), ("year_asked", year_fits))
    failures = tuple(name for name, passes in checks if not passes)
    if failures or edition is Edition.APRIL or whole.before(today) <= _MOST_BACK:
        return failures
    return ("too_old",)


def is_computed(period: Period, today: date) -> bool:
    """Whether the CAF has a figure for that month: not yet, before the batch of the current one."""
    return period.before(today) > 0 or today > first_sunday(today)


def _number(query: Query, name: str) -> int:
    text = query.get(name)
    return int(text) if re.fullmatch(r"[0-9]{1,4}", text) else 0
