"""Hands: how somebody uses a page, with a mouse, or by Tab, Enter, Space and arrows alone."""

from typing import Protocol

from playwright.sync_api import Locator, Page

_MOST_TABS = 400
_MOST_ARROWS = 60
_IS_HERE = "one => one === document.activeElement"
_RING = """() => {
    const style = getComputedStyle(document.activeElement);
    return style.outlineStyle === "none" ? 0 : parseFloat(style.outlineWidth);
}"""
_LEAST_RING_PX = 2
_CHOSEN = "one => one.selectedOptions[0].label"


class Hand(Protocol):
    """What a visitor does to the parts of a page."""

    def press(self, what: Locator) -> None:
        """A link, a button, a summary."""

    def write(self, where: Locator, what: str) -> None:
        """A text in a field."""

    def write_date(self, where: Locator, what: str) -> None:
        """A date, 2024-03-31, in a field of dates."""

    def choose(self, where: Locator, label: str) -> None:
        """An option of a list, by its label."""

    def tick(self, what: Locator) -> None:
        """A box, or one of several choices."""


class Mouse:
    """Points and clicks."""

    def press(self, what: Locator) -> None:
        what.click()

    def write(self, where: Locator, what: str) -> None:
        where.fill(what)

    def write_date(self, where: Locator, what: str) -> None:
        where.fill(what)

    def choose(self, where: Locator, label: str) -> None:
        where.select_option(label=label)

    def tick(self, what: Locator) -> None:
        what.check()


class Keys:
    """Goes from part to part with Tab, and sees where it is each time."""

    def __init__(self, page: Page) -> None:
        self._page = page

    def press(self, what: Locator) -> None:
        self._reach(what)
        self._page.keyboard.press("Enter")

    def write(self, where: Locator, what: str) -> None:
        self._reach(where)
        self._page.keyboard.type(what)

    def write_date(self, where: Locator, what: str) -> None:
        year, month, day = what.split("-")
        self._reach(where)
        self._page.keyboard.type(f"{month}{day}{year}")  # chromium's own order, in English

    def choose(self, where: Locator, label: str) -> None:
        self._reach(where)
        self._page.keyboard.press("Home")
        for _ in range(_MOST_ARROWS):
            if where.evaluate(_CHOSEN) == label:
                return
            self._page.keyboard.press("ArrowDown")
        raise AssertionError(f"no option {label!r}")

    def tick(self, what: Locator) -> None:
        """A box with Space; one of several choices with an arrow, from the one that Tab reaches."""
        if what.get_attribute("type") == "checkbox":
            self._reach(what)
            self._page.keyboard.press("Space")
            return
        name = what.get_attribute("name")
        self._reach(self._page.locator(f"input[type=radio][name={name}]:checked"))
        for _ in range(_MOST_ARROWS):
            if what.is_checked():
                return
            self._page.keyboard.press("ArrowDown")
        raise AssertionError("this choice is never reached")

    def _reach(self, what: Locator) -> None:
        for _ in range(_MOST_TABS):
            self._page.keyboard.press("Tab")
            if what.evaluate(_IS_HERE):
                assert self._page.evaluate(_RING) >= _LEAST_RING_PX, "nobody sees where this is"
                return
        raise AssertionError(f"Tab never reaches {what}")
