"""Children: the one who is enrolled, and the brothers and sisters."""

from dataclasses import dataclass
from datetime import date

from services.simulator.population import words
from services.simulator.population.draws import Draws

_COUNTS = ((1, 450), (2, 355), (3, 135), (4, 42), (5, 12), (6, 6))
_FIRST_AT, _BETWEEN = 20, 3  # years: bounds how many children a young parent may have
_SAME_DAY = 30  # of a thousand next births, twins


@dataclass(frozen=True, slots=True)
class Child:
    """A child, by civil status."""

    birth_name: str
    first_names: tuple[str, ...]
    sex: str
    birth: date


def count_of(draws: Draws, parent_age: int) -> int:
    """How many children the household has, the enrolled one included."""
    return min(draws.weighted(_COUNTS), 1 + max(0, parent_age - _FIRST_AT) // _BETWEEN)


def siblings_from(draws: Draws, birth: date, count: int) -> tuple[date, ...]:
    """The birth dates of `count` brothers and sisters: elder, or twins of the one before."""
    births: list[date] = []
    for _ in range(count):
        least, most = (0, 0) if draws.per_mille(_SAME_DAY) else (400, 1_100)
        birth = draws.day_before(birth, least=least, most=most)
        births.append(birth)
    return tuple(births)


def named(draws: Draws, birth_name: str, births: tuple[date, ...]) -> tuple[Child, ...]:
    """Children of one family: one birth name, and no first name twice."""
    girls = draws.some(words.WOMEN, 2 * len(births))
    boys = draws.some(words.MEN, 2 * len(births))
    return tuple(
        _child(draws, birth_name, birth, (girls[2 * rank :], boys[2 * rank :]))
        for rank, birth in enumerate(births)
    )


def _child(
    draws: Draws, birth_name: str, birth: date, names: tuple[tuple[str, ...], tuple[str, ...]]
) -> Child:
    girls, boys = names
    sex = draws.pick("FM")
    first_names = (girls if sex == "F" else boys)[: draws.weighted(((1, 7), (2, 3)))]
    return Child(birth_name, first_names, sex, birth)
