"""Quotients: a family's QF, from its resources and its parts, year by year.

The CAF's rule in its outline: a twelfth of the year's resources, divided by the parts of the
household (2 for one or two adults, a half for each of the first two children, one for the third, a
half for each further). Benefits are left out: nobody's figure is foretold here.
"""

from services.simulator.population.draws import Draws
from services.simulator.population.files import File

_MONTHS = 12
_PER_MILLE = 1_000


def half_parts(children: int) -> int:
    """The parts of a household, in halves."""
    return 4 + children + (1 if children > 2 else 0)  # noqa: PLR2004  the third child counts twice


def quotient(file: File, year: int) -> int | None:
    """Whole euros a month; None when the fund does not know the resources."""
    figures = file.figures
    if figures.resources is None or figures.children is None:
        return None
    drift = Draws(figures.resources, "quotient", figures.children, year).between(900, 1_100)
    monthly_halves = 2 * figures.resources * drift // (_MONTHS * _PER_MILLE)
    return monthly_halves // half_parts(figures.children)
