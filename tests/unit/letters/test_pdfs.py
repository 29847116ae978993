"""PDFs: tagged as PDF/UA-1 asks, accepted by typst's own check and by another checker."""

import io
import re
from collections.abc import Iterator
from itertools import pairwise
from typing import Any

import pdfua
import pikepdf
import pytest

from services.tariff.explanation.paper import Paper, Table
from services.tariff.explanation.pdf import as_pdf
from services.tariff.explanation.rules_applied import rules_applied
from services.tariff.explanation.typography import printed
from tests import decided_families as families
from tests.letter_text import KINDS, paper_of

_PAPERS = {kind: paper_of(kind) for kind in KINDS} | {
    "rules_applied": rules_applied(families.disability())
}


@pytest.fixture(scope="module", params=sorted(_PAPERS))
def paper(request: pytest.FixtureRequest) -> Paper:
    return _PAPERS[request.param]


@pytest.fixture(scope="module")
def written(paper: Paper) -> bytes:
    return as_pdf(paper)


@pytest.fixture
def document(written: bytes) -> Iterator[pikepdf.Pdf]:
    with pikepdf.open(io.BytesIO(written)) as opened:
        yield opened


def _elements(node: Any) -> Iterator[Any]:
    """The structure tree, in reading order."""
    if isinstance(node, pikepdf.Array):
        for kid in node:
            yield from _elements(kid)
    elif isinstance(node, pikepdf.Dictionary):
        if "/S" in node:
            yield node
        if "/K" in node:
            yield from _elements(node.K)


def test_a_checker_accepts_it(written: bytes, tmp_path: Any) -> None:
    """No finding, of any severity."""
    file = tmp_path / "letter.pdf"
    file.write_bytes(written)

    assert [] == list(pdfua.validate(str(file)).findings)


def test_it_says_what_it_is(document: pikepdf.Pdf, paper: Paper) -> None:
    """PDF/UA-1, French, its title shown, its author named, and no font of the machine."""
    with document.open_metadata() as metadata:
        assert "1" == metadata["{http://www.aiim.org/pdfua/ns/id/}part"]
        assert printed(paper.title) == metadata["dc:title"]
    assert "fr" == str(document.Root.Lang)
    assert True is bool(document.Root.ViewerPreferences.DisplayDocTitle)
    assert True is bool(document.Root.MarkInfo.Marked)


def test_its_headings_never_skip_a_level(document: pikepdf.Pdf) -> None:
    """Each at most one deeper than the one before."""
    tags = [str(element.S)[1:] for element in _elements(document.Root.StructTreeRoot.K)]
    levels = [int(tag[1]) for tag in tags if re.fullmatch(r"H[1-6]", tag)]

    assert levels[0] == 1
    assert all(after - before <= 1 for before, after in pairwise(levels))


def test_its_tables_have_their_headers(document: pikepdf.Pdf, paper: Paper) -> None:
    """As many tables as the paper has, and a header cell for each column."""
    tags = [str(element.S)[1:] for element in _elements(document.Root.StructTreeRoot.K)]
    tables = [b for part in paper.sections for b in part.blocks if isinstance(b, Table)]

    assert len(tables) == tags.count("Table")
    assert sum(len(table.head) for table in tables) <= tags.count("TH")


def test_the_same_letter_has_the_same_bytes(paper: Paper, written: bytes) -> None:
    """No clock, no font and no folder of the machine is in it."""
    assert written == as_pdf(paper)
