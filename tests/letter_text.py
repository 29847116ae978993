"""A paper as plain text, as the golden letters of tests/cases/letters keep it.

Delete one and run its test: it is written anew, to be read before it is kept.
"""

from pathlib import Path

from services.tariff.explanation.letter import household_letter
from services.tariff.explanation.paper import Block, Paper, Subheading, Table
from services.tariff.explanation.rules_applied import rules_applied
from tests import decided_families

FOLDER = Path(__file__).parent / "cases" / "letters"
KINDS = (
    "fee",
    "disability",
    "provisional",
    "bands",
    "no_fee",
    "changed",
    "aid_awarded",
    "aid_beyond",
    "aid_refused",
    "siblings",
)


def paper_of(kind: str) -> Paper:
    """The letter of one of the invented families."""
    told = getattr(decided_families, kind)()
    return household_letter(told if isinstance(told, list) else [told])


def goldens() -> dict[str, str]:
    """Every golden paper, by the name of its file."""
    told = {f"{kind}.txt": as_text(paper_of(kind)) for kind in KINDS}
    return told | {"rules_applied.txt": as_text(rules_applied(decided_families.disability()))}


def as_text(paper: Paper) -> str:
    """All that a paper says, a sentence a line."""
    lines = [*paper.sender, "", *paper.recipient, "", paper.title, ""]
    lines += [f"{fact.label} : {fact.value}" for fact in paper.facts]
    for section in paper.sections:
        lines += ["", f"== {section.title}"]
        for block in section.blocks:
            lines += _block(block)
    return "\n".join([*lines, "", paper.dated.isoformat(), *paper.closing, ""])


def _block(block: Block) -> list[str]:
    match block:
        case Subheading(text):
            return [f"-- {text}"]
        case Table(_, caption, head, rows):
            return [f"[{caption}]", *(" | ".join(row) for row in (head, *rows))]
        case _:
            return [f"{sentence.name}: {sentence.text}" for sentence in block.sentences]
