"""A runbook as it is printed: what it quotes, its commands, and the alerts that name it."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

_ROOT = Path(__file__).resolve().parents[3]
RUNBOOKS = _ROOT / "docs" / "runbooks"
RULES = _ROOT / "deploy" / "prometheus" / "berceau.rules.yml"
_QUOTE = re.compile(r"^> (.+)$", re.MULTILINE)
_INLINE = re.compile(r"`(berceau [^`\n]+)`")
_BLOCK = re.compile(r"^```console\n(.*?)^```$", re.DOTALL | re.MULTILINE)
_PLACEHOLDER = re.compile(r"<[^<>\s]+>")


def names() -> list[str]:
    """Every runbook, by the name of its page."""
    return sorted(page.stem for page in RUNBOOKS.glob("*.md") if page.stem != "README")


def plain(text: str) -> str:
    """A text without the typography that a screen gives it."""
    return text.replace("\u00a0", " ").replace("\u202f", " ").replace("’", "'")


def says(quote: str, text: str) -> bool:
    """Whether a text holds a quoted sentence, whose `…` is anything on the line."""
    parts = (re.escape(part.strip()) for part in plain(quote).split("…"))
    return re.search(".*?".join(parts), plain(text)) is not None


@dataclass
class Page:
    """A runbook, and what of it was followed."""

    name: str
    seen: set[str] = field(default_factory=set)
    fired: set[str] = field(default_factory=set)
    ran: set[tuple[str, int]] = field(default_factory=set)

    @property
    def text(self) -> str:
        return (RUNBOOKS / f"{self.name}.md").read_text("utf-8")

    @property
    def quotes(self) -> set[str]:
        """The sentences that it quotes."""
        return set(_QUOTE.findall(self.text))

    @property
    def alerts(self) -> set[str]:
        """The alerts of Prometheus that send to it."""
        rules = [rule for group in _rules()["groups"] for rule in group["rules"]]
        mine = f"docs/runbooks/{self.name}.md"
        return {rule["alert"] for rule in rules if rule["annotations"]["runbook"] == mine}

    @property
    def commands(self) -> list[tuple[str, int]]:
        """The commands of its console blocks, in order, each with its rank among its likes."""
        blocks = "".join(_BLOCK.findall(self.text))
        lines = blocks.removeprefix("$ ").rstrip("\n").split("\n$ ") if blocks else []
        return [(line, lines[:place].count(line)) for place, line in enumerate(lines)]

    def quote(self, part: str) -> str:
        """The one quoted sentence that has this part."""
        [quote] = [one for one in self.quotes if part in one]
        return quote

    def prints(self, words: str) -> None:
        """The page has these words, beside its quotes and blocks."""
        assert plain(words) in plain(self.text), f"{self.name}: the page does not say: {words}"

    def command(self, begins: str, fills: Mapping[str, str], *, nth: int = 0) -> str:
        """The nth command of the blocks that begins so, with what stands for a word of it."""
        found = [one for one in self.commands if one[0].startswith(begins)]
        assert found, f"{self.name}: the page prints no command “{begins}”"
        self.ran.add(found[nth])
        return _filled(found[nth][0], fills)

    def inline(self, begins: str, fills: Mapping[str, str]) -> str:
        """A command that stands in a sentence."""
        [command] = {one for one in _INLINE.findall(self.text) if one.startswith(begins)}
        return _filled(command, fills)

    def left(self) -> list[str]:
        """The quotes, commands and alerts that nobody has met yet."""
        commands = [one[0] for one in self.commands if one not in self.ran]
        return [*sorted(self.quotes - self.seen), *commands, *sorted(self.alerts - self.fired)]


def _filled(command: str, fills: Mapping[str, str]) -> str:
    for word, value in fills.items():
        command = command.replace(word, value)
    assert not _PLACEHOLDER.search(command), f"nothing was given for a word of: {command}"
    return command


def _rules() -> Any:
    return yaml.safe_load(RULES.read_text("utf-8"))
