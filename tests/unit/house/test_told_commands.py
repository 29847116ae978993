"""The commands that the documentation tells: each exists, with the options that it is given."""

import re
import shlex
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import click
import pytest
from typer.main import get_command

from services.command.__main__ import app
from services.simulator.options import parser as simulator_parser

_BLOCK = re.compile(r"^( *)```(?:console|sh|bash)?\n(.*?)^\1```$", re.DOTALL | re.MULTILINE)
_FENCED = re.compile(r"^ *```.*?^ *```$", re.DOTALL | re.MULTILINE)
_INLINE = re.compile(r"`((?:[\w./]*/)?berceau(?: [^`\n]*)?)`")
_ENDS = re.compile(r"[|;&<>()…]|\$\(")
_PLACEHOLDER = re.compile(r"<[^<>\n]+>")
_BERCEAU: Any = get_command(app)
_FREE = {"simulator": {word for a in simulator_parser()._actions for word in a.option_strings}}


def _block_lines(text: str) -> Iterator[str]:
    """The commands of the console blocks, each on one line."""
    for found in _BLOCK.finditer(text):
        whole = found[2].replace("\\\n", " ")
        lines = (line.strip() for line in whole.splitlines())
        yield from (line[2:] for line in lines if line.startswith("$ "))


def _words(line: str) -> list[str]:
    try:
        return shlex.split(line, comments=True)
    except ValueError:  # a quote that goes on over the lines that follow
        return line.split()


def _calls(line: str) -> Iterator[list[str]]:
    """What follows the word `berceau` where it is a program: an argument or a login is none."""
    for part in _ENDS.split(_PLACEHOLDER.sub("X", line)):
        words = _words(part)
        for place, word in enumerate(words):
            argument = place > 0 and words[place - 1].startswith("-")
            if word.rpartition("/")[2] == "berceau" and not argument:
                yield words[place + 1 :]
                break


def _told(page: Path) -> Iterator[list[str]]:
    text = page.read_text("utf-8")
    for line in _block_lines(text):
        yield from _calls(line)
    for found in _INLINE.finditer(_FENCED.sub("", text)):
        yield from _calls(found[1])


def _fault(words: Sequence[str]) -> str | None:
    """What is wrong with a call; None when the command would understand it."""
    command = _BERCEAU
    free: set[str] = set()
    for word in words:
        below = getattr(command, "commands", {})
        if word.startswith("-"):
            known = {o for p in command.params for o in (*p.opts, *p.secondary_opts)} | free
            if word.partition("=")[0] not in known | {"-h", "--help"}:
                return f"no option {word}"
        elif word in below:
            command, free = below[word], _FREE.get(word, set())
        elif below and re.fullmatch(r"[a-z][a-z-]*", word) and not _takes_words(command):
            return f"no command {word}"
    return None


def _takes_words(command: Any) -> bool:
    return any(isinstance(parameter, click.Argument) for parameter in command.params)


@pytest.mark.parametrize(
    ("line", "fault"),
    [
        ("berceau tariff quote --on 2026-01-15 --json", None),
        (".venv/bin/berceau keys new ring.json --name=second", None),
        ("sudo -u berceau berceau status --watch | head", None),
        ("psql -U berceau -d berceau", None),
        ("berceau simulator --population 20", None),
        ("berceau <name>", None),
        ("berceau pause <name> --loud", "no option --loud"),
        ("berceau dance", "no command dance"),
        ("berceau tariff dance", "no command dance"),
        ("A=1 berceau status --loud", "no option --loud"),
        ("berceau resume ringing --reason x", "no option --reason"),
        ("berceau simulator --loud", "no option --loud"),
    ],
)
def test_a_wrong_call_is_seen(line: str, fault: str | None) -> None:
    """The guard itself: what exists passes, what does not is named."""
    seen = [_fault(words) for words in _calls(line)]

    assert fault == next((one for one in seen if one), None)


def test_every_told_command_exists(files: list[Path], root: Path) -> None:
    """In the README, the how-tos, the runbooks, the records of decisions: everywhere."""
    pages = [path for path in files if path.suffix == ".md"]
    told = [(page, words) for page in pages for words in _told(page)]

    assert [] == [
        f"{page.relative_to(root)}: berceau {shlex.join(words)}: {fault}"
        for page, words in told
        if (fault := _fault(words))
    ]
    assert len(told) > 60
