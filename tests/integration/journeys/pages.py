"""The console's pages as whoever visits them knows them: what to press, and what to read."""

import re
from dataclasses import dataclass

from playwright.sync_api import Locator, Page, expect

from tests.integration.journeys.hands import Hand

LONG_MS = 120_000
_NUMBER = re.compile(r"\d[\d\s\u202f\u00a0]*")


@dataclass(frozen=True)
class Visitor:
    """A browser, the hand that uses it and the address of the console."""

    page: Page
    hand: Hand
    url: str

    def enter(self, link: str) -> None:
        """Sign in by a link."""
        self.page.goto(link)
        self.hand.press(self.button("Entrer"))
        self.reads("Mon compte")

    def go(self, label: str) -> None:
        """To a room of the navigation."""
        self.hand.press(self.navigation.get_by_role("link", name=label, exact=True))
        self.page.wait_for_url(lambda url: not url.endswith("/compte"))

    def open(self, path: str) -> None:
        """An address that somebody types."""
        self.page.goto(f"{self.url}{path}")

    @property
    def navigation(self) -> Locator:
        return self.page.get_by_role("navigation", name="Navigation principale")

    @property
    def rooms(self) -> list[str]:
        """The lines of the navigation."""
        return self.navigation.get_by_role("link").all_inner_texts()

    def button(self, name: str) -> Locator:
        return self.page.get_by_role("button", name=name, exact=True)

    def field(self, label: str, *, exact: bool = False) -> Locator:
        return self.page.get_by_label(label, exact=exact)

    def reads(self, heading: str) -> None:
        """Wait for the page of this heading."""
        expect(self.page.get_by_role("heading", level=1)).to_contain_text(heading)

    def is_told(self, notice: str) -> None:
        """Wait for what the page says was done."""
        told = self.page.get_by_role("status").filter(has_text="Fait")
        expect(told).to_contain_text(notice)

    def why(self, comment: str, yes: str) -> None:
        """Say why on the page that asks for it, and confirm."""
        self.hand.write(self.field("Pourquoi", exact=True), comment)
        self.hand.press(self.page.get_by_role("button", name=re.compile(f"^{yes}")))


@dataclass(frozen=True)
class Applications:
    """The list of applications, and the search above it."""

    visitor: Visitor

    def by_reference(self, reference: str) -> None:
        """From the top of any page."""
        visitor = self.visitor
        visitor.hand.write(visitor.field("Référence d’un dossier"), reference)
        visitor.hand.press(visitor.button("Ouvrir"))
        visitor.reads(reference)

    def by_filter(self, *, state: str, reason: str) -> None:
        visitor = self.visitor
        visitor.go("Dossiers")
        visitor.hand.tick(visitor.page.get_by_role("checkbox", name=state, exact=True))
        visitor.hand.choose(visitor.field("Motif", exact=True), reason)
        visitor.hand.choose(visitor.field("Dans quel ordre"), "les plus récents d’abord")
        visitor.hand.press(visitor.button("Chercher"))
        visitor.page.wait_for_url("**/dossiers?**")

    def by_name(self, name: str, birth: str, why: str) -> None:
        visitor = self.visitor
        visitor.go("Dossiers")
        visitor.hand.press(visitor.page.get_by_role("link", name="Chercher par nom"))
        visitor.reads("Chercher par nom")
        visitor.hand.write(visitor.field("Nom de famille"), name)
        visitor.hand.write_date(visitor.field("Date de naissance"), birth)
        visitor.hand.write(visitor.field("Pourquoi cette recherche"), why)
        visitor.hand.press(visitor.button("Chercher"))

    @property
    def count(self) -> int:
        """How many the page says it found."""
        said = self.visitor.page.locator("h2").filter(has_text="dossier").first.inner_text()
        found = _NUMBER.search(said)
        assert found is not None
        return int(re.sub(r"\D", "", found[0]))

    @property
    def references(self) -> list[str]:
        return self.visitor.page.locator("main table a.reference").all_inner_texts()

    def order_on_all(self, what: str) -> None:
        """Everything that matches: see what it would do."""
        visitor = self.visitor
        all_ = visitor.page.get_by_role("radio", name="Tous ceux qui correspondent")
        visitor.hand.tick(all_)
        self._order(what)

    def order_on_this(self, what: str) -> None:
        """On the page of one application."""
        self._order(what)

    def _order(self, what: str) -> None:
        visitor = self.visitor
        visitor.hand.choose(visitor.field("Que faire"), what)
        visitor.hand.press(visitor.button("Voir ce que cela ferait"))
        visitor.reads(what)


@dataclass(frozen=True)
class Pauses:
    """What is paused, and pausing."""

    visitor: Visitor

    def pause(self, what: str, why: str) -> None:
        visitor = self.visitor
        visitor.go("Suspensions")
        visitor.hand.choose(visitor.field("Quoi", exact=True), what)
        visitor.hand.write(visitor.field("Pourquoi", exact=True), why)
        visitor.hand.press(visitor.button("Suspendre"))
        visitor.is_told("suspendu")

    def resume(self, why: str) -> None:
        """The only thing that is paused."""
        visitor = self.visitor
        visitor.go("Suspensions")
        visitor.hand.press(visitor.page.get_by_role("button", name="Reprendre"))
        visitor.reads("Reprendre")
        visitor.why(why, "Reprendre")
        visitor.is_told("reprend")


@dataclass(frozen=True)
class Progress:
    """A page that shows how far an action or a campaign is."""

    visitor: Visitor

    def ends_with(self, word: str) -> None:
        """Wait until it says so by itself, whether it is drawn anew or loaded again."""
        lead = self.visitor.page.locator("main .lead").first
        expect(lead).to_contain_text(word, timeout=LONG_MS)

    def tile(self, label: str) -> str:
        """A figure of it."""
        tile = self.visitor.page.locator("dl.tiles > div").filter(has_text=label)
        return tile.locator("dd").inner_text()
