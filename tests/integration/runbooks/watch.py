"""A watch: somebody on call, with a page in hand, at a terminal of the stack."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from tests.integration.runbooks.page import Page, plain, says
from tests.integration.runbooks.scene import Scene
from tests.integration.runbooks.shell import Said


@dataclass
class Watch:
    """What one does with a page: read its symptom, run its commands, wait for its alerts.

    `fills` says what stands for the page's `<…>`; whatever of the page was not met is `page.left`.
    """

    page: Page
    scene: Scene
    fills: dict[str, str] = field(default_factory=dict)

    def sees(self, part: str, *, within_s: float = 90) -> str:
        """The sentence that the page quotes stands in `berceau status`, whose text is given."""
        quote = self.page.quote(part)
        return self._sees(quote, lambda: self.scene.shell.run("berceau status").text, within_s)

    def hears(self, part: str, text: str) -> None:
        """The sentence that the page quotes stands in a text."""
        quote = self.page.quote(part)
        assert says(quote, text), f"« {quote} » is not in:\n{text}"
        self.page.seen.add(quote)

    def reads(self, words: str, *, within_s: float = 90) -> str:
        """What the page says in a sentence of its own stands in `berceau status`."""
        self.page.prints(words)
        return self._sees(words, lambda: self.scene.shell.run("berceau status").text, within_s)

    def runs(self, begins: str, *, ends: int = 0, nth: int = 0, answers: str = "") -> str:
        """A command of the page is run as printed; what it said, which is about nobody."""
        command = self.page.command(begins, self.fills, nth=nth)
        told = self._ended(command, self.scene.shell.run(command, answers=answers), ends)
        assert set() == self.scene.families.told_in(told), f"$ {command} tells who families are"
        return told

    def opens(self, begins: str) -> str:
        """The one kind of command that shows a family, and whose opening is noted."""
        command = self.page.command(begins, self.fills)
        told = self._ended(command, self.scene.shell.run(command), 0)
        assert self.scene.families.told_in(told), f"$ {command} shows nobody: run it as the others"
        return told

    def runs_inline(self, begins: str, *, ends: int = 0, answers: str = "") -> str:
        """A command that stands in a sentence is run; what it said."""
        command = self.page.inline(begins, self.fills)
        return self._ended(command, self.scene.shell.run(command, answers=answers), ends)

    def runs_until(self, begins: str, shows: str, *, ends: int = 0, within_s: float = 90) -> str:
        """A command of the page is run as printed, again and again, until it shows this."""
        command = self.page.command(begins, self.fills)

        def look() -> str:
            said = self.scene.shell.run(command)
            return said.text if says(shows, said.text) and said.code == ends else ""

        return self.scene.until(look, within_s=within_s, else_say=f"{command} → {shows}")

    @contextmanager
    def running(self, begins: str, *, screen: bool = False, **more: str) -> Iterator[Any]:
        """A command of the page runs as long as the block, on a terminal of its own."""
        command = self.page.command(begins, self.fills)
        with self.scene.shell.running(command, screen=screen, **more) as printed:
            yield printed

    def fires(
        self, *alerts: str, within_s: float = 90, meanwhile: Callable[[], object] = bool
    ) -> None:
        """Prometheus says so, by the rule's own expression, while something goes on."""
        firing, wanted = self.scene.prometheus.firing, set(alerts)

        def look() -> bool:
            meanwhile()
            return wanted <= firing()

        self.scene.until(look, within_s=within_s, else_say=f"{wanted} fire")
        self.page.fired |= wanted

    def ceases(self, *alerts: str, within_s: float = 90) -> None:
        """Prometheus says so no more."""
        self.scene.until(
            lambda: not set(alerts) & self.scene.prometheus.firing(),
            within_s=within_s,
            else_say=f"{alerts} cease",
        )

    def filled(self, fills: Mapping[str, str]) -> None:
        """What stands for these words of the page from now on."""
        self.fills.update(fills)

    def _sees(self, quote: str, look: Any, within_s: float) -> str:
        def text() -> str:
            told: str = look()
            return told if says(quote, told) else ""

        told = self.scene.until(text, within_s=within_s, else_say=quote)
        self.page.seen.add(quote)
        return plain(told)

    @staticmethod
    def _ended(command: str, said: Said, ends: int) -> str:
        assert ends == said.code, f"$ {command}\nended with {said.code} and printed:\n{said.text}"
        return plain(said.text)
