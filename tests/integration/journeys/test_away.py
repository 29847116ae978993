"""A page whose record is away, and comes back while somebody looks at it."""

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from tests.integration.journeys.visits import at, visiting
from tests.integration.journeys.walk import STOPS

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Request

    from tests.integration.journeys.scene import Scene

pytestmark = [pytest.mark.stack, pytest.mark.chromium]
_AWAY = next(stop for stop in STOPS if stop.name == "postgresql-muet")


def _asks(request: "Request") -> bool:
    return request.method == "HEAD"


def test_the_page_comes_back_when_the_record_does(browser: "Browser", staged: "Scene") -> None:
    """Nobody is moved before: it asks again and again behind whoever reads it."""
    with visiting(browser, staged, _AWAY) as page:
        at(page, _AWAY, staged, {})
        heading = page.get_by_role("heading", level=1)
        page.evaluate("window.stayed = true")
        for _ in range(2):
            with page.expect_request(_asks) as asked:
                pass
            assert 503 == asked.value.response().status  # type: ignore[union-attr]
        assert page.evaluate("window.stayed")
        expect(heading).to_contain_text("PostgreSQL ne répond pas")

        page.route("**/", lambda route: route.fulfill(body="<h1>Veille</h1>"))
        expect(heading).to_contain_text("Veille")
