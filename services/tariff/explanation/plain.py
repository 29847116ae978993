"""A paper as JSON values, for programs. Pure."""

from typing import Any

from services.tariff.explanation.paper import Block, Paper, Sentence, Subheading, Table

FORMAT = "berceau-paper/1"


def as_json(paper: Paper) -> dict[str, Any]:
    """The paper, its sentences with their stable names."""
    return {
        "format": FORMAT,
        "kind": paper.kind.value,
        "title": paper.title,
        "dated": paper.dated.isoformat(),
        "sender": list(paper.sender),
        "recipient": list(paper.recipient),
        "facts": [{"label": fact.label, "value": fact.value} for fact in paper.facts],
        "sections": [
            {
                "name": section.name,
                "title": section.title,
                "blocks": [_block(block) for block in section.blocks],
            }
            for section in paper.sections
        ],
        "closing": list(paper.closing),
    }


def _block(block: Block) -> dict[str, Any]:
    kind = {"type": type(block).__name__.lower()}
    match block:
        case Subheading(text):
            return kind | {"text": text}
        case Table(name, caption, head, rows):
            told = {"name": name, "caption": caption, "head": list(head)}
            return kind | told | {"rows": [list(row) for row in rows]}
        case _:
            return kind | {"sentences": [_sentence(one) for one in block.sentences]}


def _sentence(sentence: Sentence) -> dict[str, str]:
    return {"name": sentence.name, "text": sentence.text}
