"""Axe, and a narrow screen, on every page of the console: light and dark.

`make check` asks axe about one look of each page, and measures both widths; `make prove` asks about
all four.
"""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Literal

import pytest
from axe_playwright_python.sync_playwright import Axe

from tests.integration.journeys.furnishing import furnish
from tests.integration.journeys.visits import at, visiting
from tests.integration.journeys.walk import STOPS, Stop

if TYPE_CHECKING:
    from collections.abc import Mapping

    from playwright.sync_api import Browser, Page

    from tests.integration.journeys.scene import Scene

pytestmark = [pytest.mark.stack, pytest.mark.chromium]

Look = tuple[int, Literal["light", "dark"]]
_WIDTHS = (320, 1280)
_NARROW_AND_DARK: list[Look] = [(320, "dark")]
_OTHERS: list[Look] = [(320, "light"), (1280, "light"), (1280, "dark")]
_TOO_WIDE = "document.documentElement.scrollWidth - document.documentElement.clientWidth"


@pytest.fixture(scope="module")
def things(staged: "Scene") -> "Iterator[Mapping[str, str]]":
    yield furnish(staged)
    staged.resume_everything()


@pytest.mark.parametrize("stop", STOPS, ids=lambda stop: stop.name)
@pytest.mark.parametrize(
    "looks",
    [_NARROW_AND_DARK, pytest.param(_OTHERS, marks=pytest.mark.prove)],
    ids=["narrow-dark", "others"],
)
def test_axe_finds_nothing(
    browser: "Browser",
    staged: "Scene",
    things: "Mapping[str, str]",
    looks: list[Look],
    stop: Stop,
) -> None:
    """No rule of WCAG A and AA nor good practice is broken; nothing is wider than the screen."""
    found: dict[Look, list[str]] = {}
    with visiting(browser, staged, stop) as page:
        at(page, stop, staged, things)
        for width in _WIDTHS:
            _widen(page, width)
            assert 0 == page.evaluate(_TOO_WIDE), f"{width} px"
        for width, scheme in looks:
            _widen(page, width)
            page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
            if broken := list(_broken(page)):
                found[width, scheme] = broken

    assert {} == found


def _widen(page: "Page", width: int) -> None:
    page.set_viewport_size({"width": width, "height": 800})


def _broken(page: "Page") -> "Iterator[str]":
    for violation in Axe().run(page).response["violations"]:
        for node in violation["nodes"]:
            yield f"{violation['id']}: {node['html'][:160]}"
