"""Visits: a browser of whoever a stop of the walk is for, and the way there."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from playwright.sync_api import Browser, Page

from tests.integration.journeys.scene import Scene
from tests.integration.journeys.walk import Stop

_PATIENCE_MS = 60_000


@contextmanager
def visiting(browser: Browser, scene: Scene, stop: Stop) -> Iterator[Page]:
    """A page of a fresh browser where whom the stop is for is signed in."""
    context = browser.new_context(reduced_motion="reduce", timezone_id="UTC", locale="fr-FR")
    context.set_default_timeout(_PATIENCE_MS)
    if stop.role is not None:
        token = scene.session(stop.role)
        context.add_cookies([{"name": "berceau-session", "value": token, "url": scene.url}])
    yield context.new_page()
    context.close()


def at(page: Page, stop: Stop, scene: Scene, things: Mapping[str, str]) -> None:
    """Go there."""
    page.goto(scene.consoles[stop.console] + stop.url(things))
    stop.act(page)
    page.wait_for_load_state("load")
