"""One stack and one browser for every journey; a fresh visitor for each."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import Browser, Playwright, expect, sync_playwright

from services.command.stack.account import unprivileged
from services.command.stack.home import Home
from tests.integration.journeys.hands import Keys, Mouse
from tests.integration.journeys.pages import Visitor
from tests.integration.journeys.scene import Scene, scene

if TYPE_CHECKING:
    from playwright.sync_api import Page

CHROMIUM = "/usr/bin/chromium"
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
_PATIENCE_MS = 30_000


def launch(playwright: Playwright) -> Browser:
    """Debian's Chromium, which asks nothing of anybody."""
    return playwright.chromium.launch(executable_path=CHROMIUM, args=list(FLAGS))


@pytest.fixture(scope="module")
def staged(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scene]:
    home = Home(tmp_path_factory.mktemp("journeys") / "home")
    with scene(home) as found:
        yield found
    home.erase(unprivileged())


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    expect.set_options(timeout=_PATIENCE_MS)
    with sync_playwright() as playwright:
        found = launch(playwright)
        yield found
        found.close()


def _visitor(page: "Page", means: str, url: str) -> Visitor:
    page.set_default_timeout(_PATIENCE_MS)
    return Visitor(page, Keys(page) if means == "keyboard" else Mouse(), url)


@pytest.fixture(
    params=[
        "scripts",
        pytest.param("no scripts", marks=pytest.mark.prove),
        pytest.param("keyboard", marks=pytest.mark.prove),
    ]
)
def visitor(request: pytest.FixtureRequest, browser: Browser, staged: Scene) -> Iterator[Visitor]:
    """With JavaScript and a mouse, without JavaScript, with the keyboard alone."""
    context = browser.new_context(java_script_enabled=request.param != "no scripts")
    yield _visitor(context.new_page(), request.param, staged.url)
    context.close()
    staged.resume_everything()
