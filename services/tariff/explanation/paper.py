"""A paper: what a letter or a page of rules says, before it becomes HTML, PDF or JSON. Pure.

A paper is sections of blocks; whatever is told is a sentence with a name, so that a reader finds
the one it looks for, and a test can ask for each.
"""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from services.tariff.explanation.typography import typeset


class PaperKind(StrEnum):
    """What a paper is."""

    LETTER = "letter"  # a decision, notified to a family
    RULES_APPLIED = "rules_applied"  # the four items of R. 311-3-1-2 of the CRPA, on one decision
    RULES_IN_FORCE = "rules_in_force"  # the rules of an authority, public (L. 312-1-3)


@dataclass(frozen=True, slots=True)
class Sentence:
    """One thing told; `name` is stable, `text` is French and typeset."""

    name: str
    text: str


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Sentences that follow each other."""

    sentences: tuple[Sentence, ...]


@dataclass(frozen=True, slots=True)
class Answer:
    """What the reader came for: shown first, and apart."""

    sentences: tuple[Sentence, ...]


@dataclass(frozen=True, slots=True)
class Steps:
    """Sentences in the order of a computation."""

    sentences: tuple[Sentence, ...]


@dataclass(frozen=True, slots=True)
class Points:
    """Sentences without an order."""

    sentences: tuple[Sentence, ...]


@dataclass(frozen=True, slots=True)
class Subheading:
    """A title within a section."""

    text: str


@dataclass(frozen=True, slots=True)
class Table:
    """Rows under column headers; the first cell of a row is its own header."""

    name: str
    caption: str
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


Block = Paragraph | Answer | Steps | Points | Subheading | Table


@dataclass(frozen=True, slots=True)
class Section:
    """A titled part of a paper."""

    name: str
    title: str
    blocks: tuple[Block, ...]


@dataclass(frozen=True, slots=True)
class Fact:
    """A word and its value, at the head of a paper."""

    label: str
    value: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Paper:
    """A whole paper.

    `sender` and `recipient` are the lines of their addresses; `dated` is the day of what it tells;
    `closing` are the lines of its author. `lacks` names what the law or the family would expect and
    the record does not hold: for who prints it, in no rendering.
    """

    kind: PaperKind
    title: str
    dated: date
    sender: tuple[str, ...] = ()
    recipient: tuple[str, ...] = ()
    facts: tuple[Fact, ...] = ()
    sections: tuple[Section, ...]
    closing: tuple[str, ...] = ()
    lacks: tuple[str, ...] = ()


def said(name: str, text: str) -> Sentence:
    """A sentence, typeset."""
    return Sentence(name, typeset(text))


def paragraph(*sentences: Sentence | None) -> Paragraph:
    """The sentences that there are, one after the other."""
    return Paragraph(tuple(one for one in sentences if one is not None))


def points(*sentences: Sentence | None) -> Points:
    """The sentences that there are, each its own point."""
    return Points(tuple(one for one in sentences if one is not None))


def section(name: str, title: str, *blocks: Block | None) -> Section:
    """A section of the blocks that say something."""
    return Section(name, typeset(title), tuple(block for block in blocks if block and _full(block)))


def table(
    name: str, caption: str, head: tuple[str, ...], rows: tuple[tuple[str, ...], ...]
) -> Table:
    """A table, typeset."""
    return Table(
        name,
        typeset(caption),
        tuple(map(typeset, head)),
        tuple(tuple(map(typeset, row)) for row in rows),
    )


def sentences_of(paper: Paper) -> tuple[Sentence, ...]:
    """Every sentence of a paper, in order."""
    return tuple(
        sentence
        for part in paper.sections
        for block in part.blocks
        if isinstance(block, Paragraph | Answer | Steps | Points)
        for sentence in block.sentences
    )


def _full(block: Block) -> bool:
    match block:
        case Paragraph(within) | Answer(within) | Steps(within) | Points(within):
            return bool(within)
        case Table():
            return bool(block.rows)
        case Subheading():
            return True
