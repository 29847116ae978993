"""The walk goes everywhere, and the docs show what it meets."""

from pathlib import Path

import pytest

from services.console.matrix import Verb
from services.console.room import every_room
from tests.integration.journeys.pictures import MOST_BYTES
from tests.integration.journeys.walk import NO_PAGES, STOPS, Stop

_DOCS = Path(__file__).parents[3] / "docs"
_PICTURES = _DOCS / "console"
_PAGE = _PICTURES / "README.md"
_READ = {row.path for room in every_room() for row in room.rows if row.verb is Verb.GET}


def test_the_walk_meets_each_page_of_the_matrix() -> None:
    """A new page is walked to, or said to be none."""
    assert sorted(_READ - set(NO_PAGES)) == sorted({stop.path for stop in STOPS} & _READ)
    assert [] == sorted(set(NO_PAGES) - _READ)


@pytest.mark.parametrize("stop", STOPS, ids=lambda stop: stop.name)
def test_each_page_has_its_two_pictures(stop: Stop) -> None:
    """Narrow and wide, small enough to keep, and shown with words for who does not see them."""
    page = _PAGE.read_text("utf-8")
    for width in (320, 1280):
        picture = _PICTURES / f"{stop.name}-{width}.png"
        assert picture.is_file(), picture
        assert picture.stat().st_size < MOST_BYTES, picture
        assert f"({picture.name})" in page
    assert f"![]({stop.name}" not in page
