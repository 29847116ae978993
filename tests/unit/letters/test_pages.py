"""Pages: what the RGAA asks of a document that can be decided from its HTML and its style."""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from itertools import pairwise

import pytest

from services.tariff.explanation.html import as_html, content_security_policy
from services.tariff.explanation.letter import letter
from services.tariff.explanation.paper import Paper, sentences_of
from services.tariff.explanation.rules_applied import rules_applied
from services.tariff.explanation.rules_in_force import SchemeInForce, rules_in_force
from services.tariff.explanation.typography import printed
from services.tariff.language.national import load_national_scale
from shared.scheme_rules import SchemeKind
from tests import decided_families as families
from tests.letter_text import KINDS, paper_of

_VOID = {"meta", "link", "br", "hr", "img", "input"}
_LEAST_CONTRAST = 4.5  # WCAG 1.4.3, AA


@dataclass
class Page(HTMLParser):
    """A page, tag by tag."""

    tags: list[tuple[str, dict[str, str | None]]] = field(default_factory=list)
    stack: list[str] = field(default_factory=list)
    text: str = ""
    style: str = ""

    def __post_init__(self) -> None:
        super().__init__()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in _VOID:
            self.stack.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert tag == self.stack.pop()

    def handle_data(self, data: str) -> None:
        if self.stack[-1:] == ["style"]:
            self.style += data
        else:
            self.text += data

    def named(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.tags if name == tag]


def _page(paper: Paper) -> Page:
    page = Page()
    page.feed(as_html(paper))
    return page


def _rules() -> Paper:
    tariff = load_national_scale().in_force(families.SINCE)
    scheme = SchemeInForce("Crèches", SchemeKind.FEE, automatic=False, tariff=tariff)
    return rules_in_force(families.AUTHORITY, [scheme], families.SINCE)


def _every() -> Iterator[tuple[str, Paper]]:
    yield from ((kind, paper_of(kind)) for kind in KINDS)
    yield "rules_applied", rules_applied(families.disability())
    yield "rules_in_force", _rules()


_PAPERS = dict(_every())


@pytest.fixture(params=sorted(_PAPERS))
def paper(request: pytest.FixtureRequest) -> Paper:
    return _PAPERS[request.param]


def test_every_tag_is_closed(paper: Paper) -> None:
    """In order."""
    assert [] == _page(paper).stack


def test_the_page_has_its_language_and_its_title(paper: Paper) -> None:
    """French, and a title that says what it is."""
    page = _page(paper)

    assert ["fr"] == [html["lang"] for html in page.named("html")]
    assert printed(paper.title) in page.text


def test_the_page_has_its_landmarks(paper: Paper) -> None:
    """One header, one main, one footer; navigation and sections are named by their titles."""
    page = _page(paper)
    ids = {attributes.get("id") for _, attributes in page.tags}

    assert [1, 1, 1] == [len(page.named(tag)) for tag in ("header", "main", "footer")]
    for tag in ("nav", "section"):
        assert {found.get("aria-labelledby") for found in page.named(tag)} <= ids


def test_headings_never_skip_a_level(paper: Paper) -> None:
    """One h1, then each at most one deeper than the one before."""
    levels = [int(tag[1]) for tag, _ in _page(paper).tags if re.fullmatch(r"h[1-6]", tag)]

    assert 1 == levels.count(1) == levels[0]
    assert all(after - before <= 1 for before, after in pairwise(levels))


def test_tables_have_their_headers(paper: Paper) -> None:
    """A caption, a scope for each header, and roles that survive a narrow screen."""
    page = _page(paper)

    assert len(page.named("table")) == len(page.named("caption"))
    assert {"col", "row"} >= {header["scope"] for header in page.named("th")}
    assert all(cell.get("role") for tag in ("table", "tr", "th", "td") for cell in page.named(tag))
    assert all(cell.get("data-label") for cell in page.named("td"))


def test_links_inside_the_page_lead_somewhere(paper: Paper) -> None:
    """The way to the content and those of the navigation; no id stands twice."""
    page = _page(paper)
    ids = Counter(attributes["id"] for _, attributes in page.tags if attributes.get("id"))
    inside = {str(a["href"])[1:] for a in page.named("a") if str(a["href"]).startswith("#")}

    assert inside <= set(ids)
    assert {1} == set(ids.values())


def test_nothing_runs_and_nothing_is_fetched(paper: Paper) -> None:
    """No script, no handler, no image, font or style from elsewhere."""
    page = _page(paper)

    assert [] == page.named("script") + page.named("img") + page.named("link") + page.named(
        "iframe"
    )
    assert [] == [name for _, given in page.tags for name in given if name.startswith("on")]
    assert "url(" not in page.style
    assert "@import" not in page.style


def test_the_policy_allows_the_style_and_no_more() -> None:
    """By its digest: another style, or any script, is refused by the browser."""
    policy = content_security_policy()

    assert policy.startswith("default-src 'none'; style-src 'sha256-")
    assert "unsafe" not in policy


def _shade(style: str, name: str) -> tuple[float, float, float]:
    found = re.search(rf"--{name}: #([0-9a-f]{{6}})", style)
    assert found is not None
    red, green, blue = (int(found[1][i : i + 2], 16) / 255 for i in (0, 2, 4))
    return red, green, blue


def _luminance(shade: tuple[float, float, float]) -> float:
    red, green, blue = (c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4 for c in shade)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@pytest.mark.parametrize("ink", ["ink", "soft", "accent"])
@pytest.mark.parametrize("ground", ["white", "tint"])
def test_contrasts_suffice(ink: str, ground: str) -> None:
    """Every colour of text on every ground."""
    style = _page(_rules()).style
    light = 1.0 if ground == "white" else _luminance(_shade(style, ground))
    dark = _luminance(_shade(style, ink))

    assert (light + 0.05) / (dark + 0.05) >= _LEAST_CONTRAST


def test_the_page_holds_in_320_pixels_and_prints() -> None:
    """Tables become lists on a narrow screen, words break, and paper has its own style."""
    page = _page(_rules())

    assert "@media (max-width: 36rem)" in page.style
    assert "@media print" in page.style
    assert "overflow-wrap: break-word" in page.style
    assert ["width=device-width, initial-scale=1"] == [
        meta["content"] for meta in page.named("meta") if meta.get("name") == "viewport"
    ]


def test_the_page_says_all_that_the_letter_says(paper: Paper) -> None:
    """Every sentence, with the apostrophes of print."""
    told = re.sub(r"\s+", " ", _page(paper).text)

    assert [] == [
        one.text
        for one in sentences_of(paper)
        if re.sub(r"\s+", " ", printed(one.text)) not in told
    ]


def test_what_was_typed_is_no_markup() -> None:
    """A name is text, whatever is in it."""
    told = families.envelope(structure="<script>alert(1)</script> & <b>Fils</b>")
    page = _page(letter(families.content(told, families.psu_record())))

    assert [] == page.named("script") + page.named("b")
    assert "<script>alert(1)</script> & <b>Fils</b>" in page.text
