"""The theme: an authority's colour can be read, on light and on dark."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.exc import OperationalError

from services.console.rooms.theme import Colours
from services.console.theme import _DARK, _LIGHT, contrast, readable, theme_css
from shared.roles import Role, Scope
from tests.console_house import console

_COLOURS = st.integers(0, 0xFFFFFF).map(lambda number: f"#{number:06x}")


def test_contrast_is_wcag_s() -> None:
    """Its own examples: black on white, and a grey that just passes."""
    assert [21.0, 4.54] == [round(contrast(one, "#ffffff"), 2) for one in ("#000000", "#767676")]


@given(_COLOURS)
def test_any_colour_can_be_read(colour: str) -> None:
    """On either sheet, whatever somebody chose."""
    found = [(readable(colour, on=sheet), sheet) for sheet in (_LIGHT, _DARK)]

    assert min(contrast(one, sheet) for one, sheet in found) >= 4.5


def test_a_colour_that_can_be_read_is_kept() -> None:
    """It is the authority's: nothing is changed without need."""
    assert "#0a615c" == readable("#0a615c", on=_LIGHT)


@pytest.mark.parametrize("colour", [None, "", "red", "#fff", "#0a615c; } body { display: none"])
def test_what_is_no_colour_is_ours(colour: str | None) -> None:
    """A style sheet holds nothing that somebody typed but six digits."""
    assert "" == theme_css(colour)


async def test_the_sheet_holds_the_colour_of_who_is_signed_in() -> None:
    """Two properties: one for light, one for dark."""
    colours = Colours(lambda scope: "#7a1f5c" if scope.role == Role.AGENT else None)
    sheets = [
        (await console(role, given={Colours: colours}).get("/theme.css")).text
        for role in (Role.AGENT, Role.OPS, None)
    ]

    assert 2 == len(re.findall(r"--accent: #[0-9a-f]{6};", sheets[0]))
    assert ["", ""] == sheets[1:]


async def test_without_a_record_pages_have_our_colour() -> None:
    """The page that says so is shown all the same."""

    def away(_scope: Scope) -> str | None:
        raise OperationalError("SELECT", {}, Exception("refused"))

    answer = await console(given={Colours: Colours(away)}).get("/theme.css")

    assert (200, "") == (answer.status_code, answer.text)
