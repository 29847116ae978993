"""Criteria: what is sought among the applications, as a form asks for it and as a sentence says it.

Pure: French words on one side, `shared.seeking` on the other.
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import timedelta

from shared.seeking.sought import Sorting, Sought
from shared.watching import words
from shared.watching.operating_words import OUTCOMES

Options = tuple[tuple[str, str], ...]
LABELS: Mapping[str, str] = {
    "reference": "Référence",
    "authority": "Collectivité",
    "portal": "Portail",
    "scheme": "Dispositif",
    "structure": "Établissement",
    "habilitation": "Habilitation",
    "campaign": "Campagne",
    "state": "État",
    "reason": "Motif",
    "lane": "Voie",
    "outcome": "Dernière réponse de l'État",
    "older": "Reçu il y a au moins",
    "younger": "Reçu il y a au plus",
    "still": "Dans son état depuis au moins",
    "due": "Dû, et à personne",
    "held": "En main",
    "tried": "Appels en échec, au moins",
}
SORTINGS: Mapping[Sorting, str] = {
    Sorting.OLDEST: "les plus anciens d'abord",
    Sorting.NEWEST: "les plus récents d'abord",
    Sorting.REFERENCE: "par référence",
}
CODES = ("authority", "portal", "scheme", "structure", "habilitation", "campaign")
AGES = ("older", "younger", "still")
_WORDS: Mapping[str, str] = {
    str(word): said
    for some in (words.STATUSES, words.REASONS, words.LANES, OUTCOMES)
    for word, said in some.items()
}
_ANY = (("", "tous"),)


def _options(pairs: Iterable[tuple[str, str]]) -> Options:
    return tuple((str(key), words.typeset(said)) for key, said in pairs)


STATES: Options = _options(words.STATUSES.items())
FIXED: Mapping[str, Options] = {
    "reason": _ANY + _options(sorted(words.REASONS.items(), key=lambda one: one[1])),
    "lane": (("", "toutes"), *_options(words.LANES.items())),
    "outcome": (("", "toutes"), *_options(OUTCOMES.items())),
    "sort": _options(SORTINGS.items()),
}


def coded(codes: Iterable[str]) -> Options:
    """The choices of a field of codes."""
    return (("", "toutes et tous"), *((code, code) for code in codes))


def told(sought: Sought) -> Iterator[tuple[str, str]]:
    """What is sought, each field with its value in words; nothing for every application."""
    for name, label in LABELS.items():
        value = getattr(sought, name)
        if value is True:
            yield label, "oui"
        elif value not in (None, (), False):
            yield label, words.typeset(_said(value))


def _said(value: object) -> str:
    match value:
        case tuple():
            return ", ".join(_said(one) for one in value)
        case timedelta():
            return words.duration(value)
        case _:
            return _WORDS.get(str(value), str(value))
