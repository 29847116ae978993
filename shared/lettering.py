"""Letters: what the State's counter takes of a name, and how two writings of one compare. Pure.

The charset is that of `nomNaissance`, `nomUsage` and `prenoms[]` (apistration b96c7219). The
counter removes every accent before it asks the funds, so a Latin letter that it does not take
(`ễ`, `Ł`) loses nothing by becoming its bare one. Other alphabets, digits and signs are left as
they are, for a person to mend.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator

_CHARSET = re.compile(r"[a-zA-ZÀ-ÖØ-öø-ÿ' -]+\Z")
_LISTED = re.compile(r"[,;]")
_TYPOGRAPHY = str.maketrans(  # good writing, which is kept, and which the counter does not take
    {"’": "'", "ʼ": "'", "‘": "'", "Œ": "OE", "œ": "oe", "Ÿ": "Y", "‐": "-", "‑": "-", "–": "-"}
)
_SLIPS = str.maketrans(  # what keyboards and other software make of them
    {
        **dict.fromkeys("´`′‛ʻ＇", "'"),
        **dict.fromkeys("‒—―−﹣－", "-"),
        **dict.fromkeys("\u00ad\u200b\u200c\u200d\u200e\u200f\u2060\ufeff", None),
        "Đ": "D",
        "đ": "d",
        "Ł": "L",
        "ł": "l",
        "Ħ": "H",
        "ħ": "h",
        "ı": "i",
        "ẞ": "SS",
    }
)


def kept_name(name: str) -> str:
    """A name as it is kept: as it was written, composed (NFC), with single spaces.

    Only what nobody meant to write is mended: invisible signs, accents used as apostrophes, letters
    that are in no French register.
    """
    composed = unicodedata.normalize("NFC", name.translate(_SLIPS))
    return " ".join("".join(_bared(composed)).split())


def counter_name(name: str) -> str:
    """A name as the counter takes it: plain apostrophes and hyphens, OE for Œ, Y for Ÿ.

    What it cannot mend (digits, commas) is left as it is: `name_accepted` says so.
    """
    return kept_name(name).translate(_TYPOGRAPHY)


def name_accepted(name: str) -> bool:
    """Whether the counter accepts this name once prepared."""
    return _CHARSET.match(counter_name(name)) is not None


def folded(name: str) -> str:
    """A name for comparison: no accents, no case, no hyphens or apostrophes, single spaces."""
    decomposed = unicodedata.normalize("NFKD", counter_name(name))
    letters = "".join(" " if c in "-'" else c for c in decomposed if not unicodedata.combining(c))
    return " ".join(letters.casefold().replace("ø", "o").replace("æ", "ae").split())


def one_by_one(names: Iterable[str], *, spaced: bool = False) -> tuple[str, ...]:
    """First names, one for each element; hyphens hold a compound name together.

    Args:
        names: each one first name, or several with commas between them.
        spaced: whether a space separates too, as in registers and FranceConnect; for who writes
            `Marie Claire` it may not.
    """
    parts = (part for name in names for part in _LISTED.split(name))
    return tuple(name for part in parts for name in (part.split() if spaced else [part.strip()]))


def _bared(composed: str) -> Iterator[str]:
    """The letters, those that no charset of ours has without their accents."""
    for letter in composed:
        if _CHARSET.match(letter) or ord(letter) in _TYPOGRAPHY:
            yield letter
            continue
        base, *marks = [*unicodedata.normalize("NFD", letter)]
        if not unicodedata.combining(letter):
            bare = base.isascii() and base.isalpha() and all(map(unicodedata.combining, marks))
            yield base if bare else letter
