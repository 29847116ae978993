"""Writing: decisions into papers, a household a letter, and papers into files only we read."""

import json
import os
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from services.command.decision.drawer import Found, NotToldError
from services.command.decision.formats import Format
from services.tariff.explanation.content import NoEnvelopeError, Told, read_content
from services.tariff.explanation.household import by_household
from services.tariff.explanation.html import as_html
from services.tariff.explanation.letter import letter_of
from services.tariff.explanation.paper import Paper
from services.tariff.explanation.pdf import as_pdf
from services.tariff.explanation.plain import as_json
from services.tariff.explanation.rules_applied import rules_applied
from shared.errors import BerceauError

_OURS_ALONE = 0o600  # a letter holds a family's figures


def letters(found: Sequence[Found]) -> dict[str, Paper]:
    """A letter for each household and day, under the first reference of each.

    Raises:
        NotToldError: a decision was sealed without what a letter says.
    """
    tolds = [_read(one) for one in found]
    return {_named(group): letter_of(group) for group in by_household(tolds)}


def applied(found: Found) -> dict[str, Paper]:
    """The rules as one decision applied them.

    Raises:
        NotToldError: it was sealed without what such a document says.
    """
    _read(found)
    return {found.reference: rules_applied(found.content)}


def rendered(paper: Paper, form: Format) -> bytes:
    """A paper in a format."""
    match form:
        case Format.PDF:
            return as_pdf(paper)
        case Format.HTML:
            return as_html(paper).encode()
        case Format.JSON:
            return json.dumps(as_json(paper), ensure_ascii=False, indent=2).encode() + b"\n"


def written(papers: Mapping[str, Paper], form: Format, output: Path) -> Iterator[Path]:
    """Write each paper: to the file that was named, or into the folder under its reference.

    Raises:
        BerceauError: there are several, and no folder to write them in.
        OSError: a file cannot be written.
    """
    if len(papers) > 1 and not output.is_dir():
        raise BerceauError(f"Il y a {len(papers)} lettres : --output doit être un dossier.")
    for name, paper in papers.items():
        file = output / f"{name}.{form}" if output.is_dir() else output
        _write(file, rendered(paper, form))
        yield file


def _write(file: Path, content: bytes) -> None:
    descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, _OURS_ALONE)
    os.fchmod(descriptor, _OURS_ALONE)  # one that was there already too
    with os.fdopen(descriptor, "wb") as opened:
        opened.write(content)


def _read(found: Found) -> Told:
    try:
        return read_content(found.content)
    except NoEnvelopeError:
        raise NotToldError(
            f"La décision du dossier {found.reference} a été enregistrée sans ce que dit une "
            "lettre : seuls son montant et son calcul peuvent être lus."
        ) from None


def _named(group: Sequence[Told]) -> str:
    return group[0].decision.reference
