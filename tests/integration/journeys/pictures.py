"""Pictures of each page of the console: `python -m tests.integration.journeys.pictures`.

A stack of its own is furnished with invented families, then each stop of the walk is taken at both
widths: some minutes in all. Look at each picture before it is committed.
"""

import io
import tempfile
from collections.abc import Mapping
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, sync_playwright

from services.command.stack.account import unprivileged
from services.command.stack.home import Home
from tests.integration.journeys.conftest import launch
from tests.integration.journeys.furnishing import furnish
from tests.integration.journeys.scene import Scene, scene
from tests.integration.journeys.visits import at, visiting
from tests.integration.journeys.walk import STOPS, Stop

FOLDER = Path(__file__).parents[3] / "docs" / "console"
WIDTHS = (320, 1280)
_HEIGHT = 800
_TALLEST = (2_600, 2_000, 1_600, 1_200, 800)  # a long list goes on as it began
MOST_BYTES = 150_000  # of one picture, in a repository that everyone clones
_COLOURS = 128
_DARK = ("veille",)


def take(browser: Browser, found: Scene, things: Mapping[str, str]) -> None:
    """Take every picture."""
    FOLDER.mkdir(exist_ok=True)
    for stop in STOPS:
        _take(browser, found, things, stop)


def _take(browser: Browser, found: Scene, things: Mapping[str, str], stop: Stop) -> None:
    with visiting(browser, found, stop) as page:
        at(page, stop, found, things)
        for scheme in ("light", "dark") if stop.name in _DARK else ("light",):
            page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
            for width in WIDTHS:
                page.set_viewport_size({"width": width, "height": _HEIGHT})
                dark = "-dark" if scheme == "dark" else ""
                _keep(page.screenshot(full_page=True), FOLDER / f"{stop.name}-{width}{dark}.png")


def _keep(picture: bytes, file: Path) -> None:
    """In few colours, no taller than a reader scrolls, and light enough to keep."""
    image = Image.open(io.BytesIO(picture)).convert("RGB")
    drawn = (_drawn(image, height) for height in _TALLEST)
    file.write_bytes(next(content for content in drawn if len(content) < MOST_BYTES))


def _drawn(image: Image.Image, tallest: int) -> bytes:
    upper = image.crop((0, 0, image.width, min(image.height, tallest)))
    content = io.BytesIO()
    upper.quantize(_COLOURS, dither=Image.Dither.NONE).save(content, "PNG", optimize=True)
    return content.getvalue()


def main() -> None:
    """Take them all on a stack of their own."""
    with tempfile.TemporaryDirectory() as folder:
        home = Home(Path(folder) / "home")
        with scene(home) as found, sync_playwright() as playwright:
            browser = launch(playwright)
            take(browser, found, furnish(found))
            browser.close()
        home.erase(unprivileged())


if __name__ == "__main__":
    main()
