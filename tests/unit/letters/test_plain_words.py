"""Plain words: what families read is easy to read, and set as French is.

The scale is that of Kandel and Moles, the French fitting of Flesch's: 80 and above is easy (one
reads it at twelve), 60 to 70 is ordinary prose. A letter as a whole is held at 80, and each of
its sections at 60: names of laws and services, which the law wants told, weigh on the shortest.
"""

import re

import pyphen
import pytest

from services.tariff.explanation.paper import Answer, Paper, Paragraph, Points, Section, Steps
from services.tariff.explanation.rules_in_force import SchemeInForce, rules_in_force
from services.tariff.language.national import load_national_scale
from shared.scheme_rules import SchemeKind
from tests import decided_families as families
from tests.letter_text import KINDS, paper_of

_EASY = 80
_ORDINARY = 60
_LONGEST_SENTENCE = 35  # words; the longest names services with their addresses
_SYLLABLES = pyphen.Pyphen(lang="fr")
_WORD = re.compile(r"[\w'’-]*[^\W\d_][\w'’-]*|\d[\d,.]*")
_SENTENCE_END = re.compile(r"[.?!:;](?:\s|$)")
_LOOSE = re.compile(r"[\w)] [:;?!»%€]|« |\d \d{3}\b")


def _texts(part: Section) -> list[str]:
    told = (b for b in part.blocks if isinstance(b, Paragraph | Answer | Steps | Points))
    return [sentence.text for block in told for sentence in block.sentences]


def _ease(texts: list[str]) -> float:
    """207 - 1.015 words a sentence - 73.6 syllables a word (Kandel and Moles, 1958)."""
    words = [word for text in texts for word in _WORD.findall(text)]
    sentences = sum(max(1, len(_SENTENCE_END.findall(text))) for text in texts)
    syllables = sum(1 + len(_SYLLABLES.positions(word)) for word in words)
    return 207 - 1.015 * len(words) / sentences - 73.6 * syllables / len(words)


@pytest.mark.parametrize("kind", KINDS)
def test_a_letter_is_easy_to_read(kind: str) -> None:
    """As a whole."""
    texts = [text for part in paper_of(kind).sections for text in _texts(part)]

    assert _ease(texts) >= _EASY


@pytest.mark.parametrize("kind", KINDS)
def test_each_section_is_ordinary_prose(kind: str) -> None:
    """At worst."""
    hard = {part.name: _ease(_texts(part)) for part in paper_of(kind).sections if _texts(part)}

    assert {} == {name: ease for name, ease in hard.items() if ease < _ORDINARY}


@pytest.mark.parametrize("kind", KINDS)
def test_sentences_are_short(kind: str) -> None:
    """None is longer than a breath; most are far shorter."""
    texts = [text for part in paper_of(kind).sections for text in _texts(part)]
    sentences = [one for text in texts for one in re.split(r"(?<=[a-zé)€])[.?] ", text)]
    lengths = [len(sentence.split()) for sentence in sentences]

    assert [] == [s for s in sentences if len(s.split()) > _LONGEST_SENTENCE]
    assert sum(lengths) / len(lengths) < 15


def test_the_scale_tells_hard_from_easy() -> None:
    """The check itself: officialese fails where plain words pass."""
    hard = (
        "La détermination de la participation familiale susmentionnée résulte de l'application "
        "conjointe des dispositions réglementaires afférentes aux modalités contributives."
    )

    assert _ease([hard]) < _ORDINARY < _EASY < _ease(["Vous payez 36 euros par mois."])


@pytest.mark.parametrize("kind", KINDS)
def test_letters_are_set_as_french_is(kind: str) -> None:
    """No-break spaces before double signs and within numbers."""
    assert [] == _badly_set(paper_of(kind))


def test_rules_are_set_as_french_is() -> None:
    """Those of the public page too."""
    tariff = load_national_scale().in_force(families.SINCE)
    scheme = SchemeInForce("Crèches", SchemeKind.FEE, automatic=False, tariff=tariff)

    assert [] == _badly_set(rules_in_force(families.AUTHORITY, [scheme], families.SINCE))


def _badly_set(paper: Paper) -> list[str]:
    texts = [text for part in paper.sections for text in (part.title, *_texts(part))]
    return [text for text in texts if _LOOSE.search(text)]
