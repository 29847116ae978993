"""Writing: what is sought, as an address or a saved text has it, and read back.

`state=PARKED&state=RECEIVED&older=3d` is one writing of many; `written` gives the one that is kept.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import fields
from datetime import timedelta
from enum import StrEnum
from typing import Any, TypeVar
from urllib.parse import parse_qsl, urlencode

from shared.seeking.sought import Outcome, Sorting, Sought
from shared.states import Lane, Reason, Status

LONGEST = 2_000  # characters of what is sought, written
_LONGEST_VALUE = 100
_MOST_TRIED = 1_000
_LONGEST_AGE = timedelta(days=3_650)
_CODE = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*\Z")
_WITHIN = re.compile(r"([a-z0-9-]+/)?[a-z0-9-]+\Z")
_CAMPAIGN = re.compile(r"[a-z0-9][a-z0-9./-]*\Z")
_REFERENCE = re.compile(r"[0-9A-Za-z-]{1,60}\Z")
_AGE = re.compile(r"(\d{1,6}) ?(min|h|d|j)\Z")
_UNITS = {"min": "minutes", "h": "hours", "d": "days", "j": "days"}
_YES, _NO = frozenset({"1", "true", "yes", "oui"}), frozenset({"", "0", "false", "no", "non"})
_Word = TypeVar("_Word", bound=StrEnum)


class SoughtError(ValueError):
    """Something that cannot be sought: each field with what it lacks, in French."""

    def __init__(self, faults: Mapping[str, str]) -> None:
        """`faults`: the sentence of each field."""
        self.faults = dict(faults)
        super().__init__(" ".join(f"« {name} » : {said}" for name, said in faults.items()))


def read(pairs: Iterable[tuple[str, str]]) -> Sought:
    """What is sought, from an address' pairs; empty values are not given.

    Raises:
        SoughtError: naming each field and its remedy.
    """
    values: dict[str, Any] = {}
    faults: dict[str, str] = {}
    for name, value in pairs:
        try:
            _take(values, name, value.strip())
        except ValueError as wrong:
            faults[name] = str(wrong)
    if faults:
        raise SoughtError(faults)
    if "state" in values:
        values["state"] = tuple(one for one in Status if one in values["state"])
    return Sought(**values)


def read_text(text: str) -> Sought:
    """What is sought, from one text, as `written` gives it.

    Raises:
        SoughtError: naming each field and its remedy.
    """
    if len(text) > LONGEST:
        raise SoughtError({"filtre": f"{LONGEST} caractères au plus."})
    return read(parse_qsl(text.removeprefix("?"), keep_blank_values=True))


def written(sought: Sought) -> str:
    """The one text of what is sought, fit for an address: fields in order, defaults left out."""
    return urlencode(list(pairs(sought)))


def pairs(sought: Sought) -> Iterator[tuple[str, str]]:
    """Each field that is given, and its value, as an address has them."""
    for field in fields(sought):
        value = getattr(sought, field.name)
        if value == field.default:
            continue
        for one in value if isinstance(value, tuple) else (value,):
            yield field.name, _said(one)


def age_text(age: timedelta) -> str:
    """`30min`, `12h` or `3d`: the largest unit that says it whole."""
    minutes = int(age.total_seconds() // 60)
    for unit, size in (("d", 1_440), ("h", 60)):
        if minutes and minutes % size == 0:
            return f"{minutes // size}{unit}"
    return f"{minutes}min"


def _take(values: dict[str, Any], name: str, value: str) -> None:
    read_one = _READS.get(name)
    if read_one is None:
        raise ValueError(f"ce champ n'existe pas ; il y a {', '.join(_READS)}.")
    if not value:
        return
    if len(value) > _LONGEST_VALUE:
        raise ValueError(f"{_LONGEST_VALUE} caractères au plus.")
    found = read_one(value)
    if name == "state":
        values["state"] = (*values.get("state", ()), found)
    elif values.setdefault(name, found) != found:
        raise ValueError("donnez une seule valeur.")


def _said(value: object) -> str:
    match value:
        case timedelta():
            return age_text(value)
        case bool():
            return "1"
        case _:
            return str(value)


def _one_of(kind: type[_Word]) -> Callable[[str], _Word]:
    def read_word(value: str) -> _Word:
        for word in kind:
            if word.casefold() == value.casefold():
                return word
        raise ValueError(f"« {value} » n'en est pas ; il y a {', '.join(kind)}.")

    return read_word


def _matching(pattern: re.Pattern[str], remedy: str) -> Callable[[str], str]:
    def read_code(value: str) -> str:
        if pattern.match(value) is None:
            raise ValueError(remedy)
        return value

    return read_code


def _age(value: str) -> timedelta:
    found = _AGE.match(value.casefold())
    if found is None:
        raise ValueError(f"« {value} » n'est pas une durée : écrivez 30min, 12h ou 3d.")
    age = timedelta(**{_UNITS[found[2]]: int(found[1])})
    if age > _LONGEST_AGE:
        raise ValueError(f"au plus {_LONGEST_AGE.days}d.")
    return age


def _flag(value: str) -> bool:
    if value.casefold() not in _YES | _NO:
        raise ValueError(f"« {value} » : écrivez 1, ou ne donnez pas ce champ.")
    return value.casefold() in _YES


def _count(value: str) -> int:
    if not (value.isascii() and value.isdigit()) or not 1 <= int(value) <= _MOST_TRIED:
        raise ValueError(f"un nombre entier de 1 à {_MOST_TRIED}.")
    return int(value)


_code = _matching(_CODE, "un code n'a que des minuscules, des chiffres et des tirets.")
_within = _matching(_WITHIN, "un code, ou collectivité/code : minuscules, chiffres et tirets.")
_READS: dict[str, Callable[[str], Any]] = {
    "reference": _matching(_REFERENCE, "une référence s'écrit comme 7K3F-9QXM-2WT3."),
    "authority": _code,
    "portal": _code,
    "scheme": _within,
    "structure": _within,
    "habilitation": _code,
    "campaign": _matching(_CAMPAIGN, "le code d'une campagne, comme la liste le dit."),
    "state": _one_of(Status),
    "reason": _one_of(Reason),
    "lane": _one_of(Lane),
    "outcome": _one_of(Outcome),
    "older": _age,
    "younger": _age,
    "still": _age,
    "due": _flag,
    "held": _flag,
    "tried": _count,
    "sort": _one_of(Sorting),
}
