"""Likeness: whether what the State says of a person is what a family says, point by point. Pure.

Each function answers yes, no, or None when there is nothing to compare. None of them guesses: a
form of the same name is the same (case, accents, hyphens, a particle); another name is not, however
near it is. What is cut short (`MARIE-CHR`) may be another's, so it is no agreement either.
"""

from collections.abc import Iterable, Sequence

from shared.civil_status import PartialDate
from shared.lettering import folded, one_by_one

_PARTICLES = ("de", "d")  # the nobiliary ones, which registers omit, or put last: LA TOUR (DE)


def same_name(asked: Iterable[str | None], listed: Iterable[str | None]) -> bool | None:
    """Whether one of two sets of names, of birth or of use, has a name of the other."""
    theirs = {_root(name) for name in listed if name}
    return bool(theirs & {_root(name) for name in asked if name}) if theirs else None


def shares_first_name(asked: Sequence[str], listed: str | None) -> bool | None:
    """Whether the first of the asked first names is listed, or the first listed one was asked for.

    A later name in common is none: twins often share their second one.

    Args:
        asked: one per element, the usual one first.
        listed: as the State writes them, with spaces between them.
    """
    if not asked or not listed or not (written := one_by_one([listed], spaced=True)):
        return None
    theirs = [folded(name) for name in written]
    ours = [folded(name) for name in asked]
    return _is_among(ours[0], theirs) or any(_begins(theirs, name) for name in ours)


def same_birth(asked: PartialDate | None, listed: PartialDate | None) -> bool | None:
    """Whether the parts known to both are the same."""
    if asked is None or listed is None:
        return None
    parts = zip(_parts(asked), _parts(listed), strict=True)
    return all(ours == theirs for ours, theirs in parts if ours and theirs)


def _root(name: str) -> str:
    """What all writings of a name have in common; a particle alone is a name."""
    words = folded(name).replace("(", " ").replace(")", " ").split()
    if len(words) > 1 and words[-1] in _PARTICLES:
        words.pop()
    if len(words) > 1 and words[0] in _PARTICLES:
        words.pop(0)
    return "".join(words)


def _is_among(name: str, listed: Sequence[str]) -> bool:
    """Whether a whole first name stands in a list that may have lost its hyphens."""
    return any(_begins(listed[place:], name) for place in range(len(listed)))


def _begins(listed: Sequence[str], name: str) -> bool:
    """Whether a list begins with this first name, in as many whole elements as it takes."""
    return name in {" ".join(listed[:end]) for end in range(1, len(listed) + 1)}


def _parts(day: PartialDate) -> tuple[int | None, ...]:
    return (day.year, day.month, day.day)
