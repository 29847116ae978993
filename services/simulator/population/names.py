"""Names: surnames that are each one family's own, first names, and how the register folds them."""

import unicodedata
from enum import IntEnum
from functools import cache, lru_cache

from services.simulator.population import words
from services.simulator.population.draws import Draws

_LIGATURES = str.maketrans({"œ": "oe", "Œ": "OE", "æ": "ae", "Æ": "AE", "’": "'"})
_STRIDE = 7919  # prime to the number of surnames: neighbours in the population do not look alike
_HEADS, _MIDDLES = words.SURNAME_HEADS, words.SURNAME_MIDDLES
SURNAMES = len(_HEADS) * len(_MIDDLES) * len(words.SURNAME_TAILS[0])


class Line(IntEnum):
    """Which of the two disjoint sets of surnames a person has theirs from."""

    APPLICANT = 0
    OTHER_PARENT = 1


@lru_cache(maxsize=8_192)
def folded(name: str) -> str:
    """A name as the register compares it: capitals, no accents, no hyphens, no apostrophes."""
    decomposed = unicodedata.normalize("NFKD", name.translate(_LIGATURES))
    letters = "".join(" " if c in "-'" else c for c in decomposed if not unicodedata.combining(c))
    return " ".join(letters.upper().split())


def surname(seed: int, number: int, line: Line) -> str:
    """The bare surname of one family, shared with no other family and no other line."""
    own = _assembled((number * _STRIDE + _offset(seed)) % SURNAMES, line)
    return own if number < SURNAMES else f"{own}-{_assembled(number // SURNAMES, line)}"


@cache
def _offset(seed: int) -> int:
    return Draws(seed, "surnames").below(SURNAMES)


def _assembled(rank: int, line: Line) -> str:
    rest, head = divmod(rank, len(_HEADS))
    tail, middle = divmod(rest, len(_MIDDLES))
    tails = words.SURNAME_TAILS[line]
    return _HEADS[head] + _MIDDLES[middle] + tails[tail % len(tails)]


def adorned(bare: str, draws: Draws) -> str:
    """A surname with, at times, a particle or a second surname."""
    if draws.per_mille(100):
        vowel = folded(bare)[0] in "AEIOUY"
        return draws.pick(words.VOWEL_PARTICLES if vowel else words.PARTICLES) + bare
    if draws.per_mille(90):
        return f"{bare}-{draws.pick(words.SECOND_SURNAMES)}"
    return bare


def first_names(sex: str, draws: Draws) -> tuple[str, ...]:
    """One to four first names, in the order of the register."""
    count = draws.weighted(((1, 45), (2, 30), (3, 20), (4, 5)))
    return draws.some(words.WOMEN if sex == "F" else words.MEN, count)
