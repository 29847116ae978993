"""Adults: the applicant and the other parent of each family, as the civil register knows them."""

from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum

from services.simulator.population import words
from services.simulator.population.draws import Draws
from services.simulator.population.names import Line, adorned, first_names, surname
from services.simulator.population.plans import Kind, kind_of

_YOUNGEST, _OLDEST = 21, 44
_DAYS_IN_EVERY_YEAR = 365
_SEXES = {
    Line.APPLICANT: (("F", 72), ("M", 28)),
    Line.OTHER_PARENT: (("M", 67), ("F", 33)),
}


@dataclass(frozen=True, slots=True)
class Birth:
    """A birth date of which the day, or the month and the day, may be unknown (0)."""

    year: int
    month: int
    day: int

    def wire(self) -> str:
        """As the fund sends it: `1988-04-00` when the day is unknown."""
        return f"{self.year:04d}-{self.month:02d}-{self.day:02d}"

    def written(self) -> str:
        """As the family writes it: `1988-04` when the day is unknown."""
        return self.wire().replace("-00", "")


@dataclass(frozen=True, slots=True)
class Adult:
    """A person in the civil register; `place` is a commune in France or a country elsewhere."""

    birth_name: str
    usage_name: str | None
    first_names: tuple[str, ...]
    sex: str
    birth: Birth
    place: words.Place
    abroad: bool


class Home(StrEnum):
    """How the applicant lives."""

    COUPLE = "couple"
    ALONE = "alone"
    SEPARATED = "separated"  # two households: the other parent applies elsewhere, or not at all


def home_of(seed: int, number: int) -> Home:
    """How the applicant of a family lives; some kinds of family need two parents at home."""
    if kind_of(seed, number) is Kind.OTHER_PARENT_FILE:
        return Home.COUPLE
    weights = ((Home.COUPLE, 74), (Home.ALONE, 14), (Home.SEPARATED, 12))
    return Draws(seed, number, "home").weighted(weights)


def applicant_of(seed: int, number: int, on: date) -> Adult:
    """Who enrols the child. A homonym shares everything with a neighbour but the birth place."""
    if not is_homonym(seed, number, on):
        return _adult(seed, number, on, Line.APPLICANT)
    namesake = _adult(seed, number - 1, on, Line.APPLICANT)
    elsewhere = [place for place in words.BIRTH_COMMUNES if place != namesake.place]
    return replace(namesake, place=Draws(seed, number, "homonym").pick(elsewhere))


def other_parent_of(seed: int, number: int, on: date) -> Adult | None:
    """The other parent, when both live in one household."""
    if home_of(seed, number) is not Home.COUPLE:
        return None
    return _adult(seed, number, on, Line.OTHER_PARENT)


def is_homonym(seed: int, number: int, on: date) -> bool:
    """Whether a family's applicant bears the name and the birth date of the family before it."""
    return (
        number % 2 == 1
        and Draws(seed, number, "namesake").per_mille(80)
        and all(kind_of(seed, near) is Kind.NOMINAL for near in (number, number - 1))
        and not _adult(seed, number - 1, on, Line.APPLICANT).abroad
    )


def _adult(seed: int, number: int, on: date, line: Line) -> Adult:
    draws = Draws(seed, number, "adult", line)
    sex = draws.weighted(
        (("F", 72), ("M", 28)) if line is Line.APPLICANT else (("M", 67), ("F", 33))
    )
    abroad = draws.per_mille(150)
    return Adult(
        birth_name=adorned(surname(seed, number, line), draws),
        usage_name=_usage_name(seed, number, line, draws) if sex == "F" else None,
        first_names=first_names(sex, draws),
        sex=sex,
        birth=_birth(on.year, abroad=abroad, draws=draws),
        place=draws.pick(words.BIRTH_COUNTRIES if abroad else words.BIRTH_COMMUNES),
        abroad=abroad,
    )


def _usage_name(seed: int, number: int, line: Line, draws: Draws) -> str | None:
    if home_of(seed, number) is not Home.COUPLE or not draws.per_mille(350):
        return None
    return surname(seed, number, Line(1 - line))


def _birth(year: int, *, abroad: bool, draws: Draws) -> Birth:
    birth_year = year - draws.between(_YOUNGEST, _OLDEST)
    day = date(birth_year, 1, 1) + timedelta(days=draws.below(_DAYS_IN_EVERY_YEAR))
    unknown = draws.weighted((("nothing", 85), ("day", 7), ("month", 8))) if abroad else "nothing"
    match unknown:
        case "month":
            return Birth(birth_year, 0, 0)
        case "day":
            return Birth(birth_year, day.month, 0)
        case _:
            return Birth(birth_year, day.month, day.day)
