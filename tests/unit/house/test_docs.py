"""The documentation: every link inside the house leads somewhere, every decision has its parts."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

_LINK = re.compile(r"!?\[[^\]]*\]\((?P<target>[^)\s]+)(?:\s+\"[^\"]*\")?\)")
_CODE = re.compile(r"^```.*?^```|`[^`\n]*`", re.DOTALL | re.MULTILINE)
_HEADING = re.compile(r"^#+\s+(.+)$", re.MULTILINE)
_OUTSIDE = ("https://", "http://", "mailto:")
_PARTS = ["Context", "Decision", "Consequences", "Alternatives"]


@pytest.fixture(scope="module")
def pages(files: list[Path]) -> list[Path]:
    return [path for path in files if path.suffix == ".md"]


def _anchors(page: Path) -> set[str]:
    """The anchors that a forge gives to a page's headings."""
    headings = _HEADING.findall(page.read_text("utf-8"))
    plain = (re.sub(r"[^\w\- ]", "", heading.lower()) for heading in headings)
    return {heading.replace(" ", "-") for heading in plain}


def _links(page: Path) -> Iterator[str]:
    text = _CODE.sub("", page.read_text("utf-8"))
    targets = (found["target"] for found in _LINK.finditer(text))
    return (target for target in targets if not target.startswith(_OUTSIDE))


def _leads_nowhere(page: Path, target: str) -> bool:
    path, _, anchor = target.partition("#")
    arrival = (page.parent / path).resolve() if path else page
    return not arrival.exists() or bool(anchor and anchor not in _anchors(arrival))


def test_links_lead_somewhere(pages: list[Path], root: Path) -> None:
    """A link to a page, a picture or a heading of the house finds it."""
    assert [] == [
        f"{page.relative_to(root)} -> {target}"
        for page in pages
        for target in _links(page)
        if _leads_nowhere(page, target)
    ]


def test_every_page_is_found_from_the_index(root: Path) -> None:
    """Each page is linked by the index, or by the index of its own folder."""
    docs = root / "docs"
    indexes = [docs / "README.md", *docs.glob("*/README.md")]
    linked = {
        (index.parent / target.partition("#")[0]).resolve()
        for index in indexes
        for target in _links(index)
    }

    assert [] == [
        str(page.relative_to(docs))
        for page in sorted(docs.rglob("*.md"))
        if page != docs / "README.md" and page.resolve() not in linked
    ]


def test_decisions_have_their_parts(root: Path) -> None:
    """A record of a decision has its four parts, in order, and its number is its place."""
    records = sorted((root / "docs" / "decisions").glob("[0-9]*.md"))
    numbers = [int(record.name[:4]) for record in records]

    assert list(range(1, len(records) + 1)) == numbers
    assert [] == [
        record.name
        for record in records
        if re.findall(r"^## (.+)$", record.read_text("utf-8"), re.MULTILINE) != _PARTS
    ]


def test_decisions_fit_on_a_page(root: Path) -> None:
    """A record of a decision is read in a minute or two: 60 lines at most."""
    records = (root / "docs" / "decisions").glob("[0-9]*.md")

    assert [] == [one.name for one in records if len(one.read_text("utf-8").splitlines()) > 60]


def test_decisions_are_listed(root: Path) -> None:
    """The index of decisions links each of them once."""
    folder = root / "docs" / "decisions"
    records = sorted(record.name for record in folder.glob("[0-9]*.md"))

    assert records == sorted(_links(folder / "README.md"))


def test_the_readme_fits_on_a_screen(root: Path) -> None:
    """A newcomer reads what it is, and the two commands, without scrolling far."""
    assert len((root / "README.md").read_text("utf-8").splitlines()) <= 60


def test_make_lists_its_targets(root: Path) -> None:
    """Every target of the Makefile says what it is for."""
    makefile = (root / "Makefile").read_text("utf-8")
    phony = re.findall(r"^[.]PHONY: (.+)$", makefile, re.MULTILINE)[0].split()

    assert sorted(phony) == sorted(re.findall(r"^([a-z]+):.*## .+$", makefile, re.MULTILINE))
