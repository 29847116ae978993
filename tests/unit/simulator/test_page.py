"""The reference page of the simulator says what the code does, and nothing else."""

import json
import re
from pathlib import Path

import pytest
from fastapi.routing import APIRoute
from starlette.routing import Route

from services.simulator.__main__ import _config
from services.simulator.api.app import build_app
from services.simulator.api.config import Config, Token, Treasury
from services.simulator.api.faults.rules import TARGETS, WORDS, Effect, rule
from services.simulator.options import parser

ROOT = Path(__file__).parents[3]
PAGE = (ROOT / "docs" / "reference" / "simulator.md").read_text("utf-8")
PAGES = (PAGE, (ROOT / "docs" / "how-to" / "use-the-simulator-alone.md").read_text("utf-8"))


def table(heading: str) -> list[str]:
    """The first cells of the table under a header."""
    rows = PAGE.partition(f"| {heading} |")[2].partition("\n\n")[0]
    return re.findall(r"^\| `([^`]+)` \|", rows, re.MULTILINE)


def test_every_address_is_listed_once() -> None:
    """Those of both APIs, and those that no real API has."""
    routes = build_app(Config(tokens={}, population=1)).routes
    real = {each.path for each in routes if isinstance(each, (Route, APIRoute))}
    real -= {"/docs", "/redoc", "/docs/oauth2-redirect", "/openapi.json"}
    spelled = {path.replace("/{token}.pdf", "/{token}.pdf") for path in real}

    assert sorted(spelled) == sorted(table("address"))


def test_the_grammar_is_the_codes() -> None:
    """Each effect, each word, each endpoint."""
    endpoints = re.findall(r"`(\w+)`", PAGE.partition("\nEndpoints: ")[2].partition("\n")[0])

    assert list(Effect) == table("effect")
    assert list(WORDS) == table("when")
    assert list(TARGETS) == endpoints


def test_every_fault_that_is_shown_can_be_read() -> None:
    """In both pages, in options, in JSON and in prose."""
    shown = [
        text
        for page in PAGES
        for text in (
            *re.findall(r"--fault '([^']+)'", page),
            *(
                text
                for told in re.findall(r'"rules": (\[[^]]*\])', page)
                for text in json.loads(told)
            ),
            *re.findall(r"`(latency=[^`]+)`", page),
        )
    ]

    assert ["statu=503"] == [text for text in shown if not _is_read(text)]
    assert len(shown) > 6


def _is_read(text: str) -> bool:
    try:
        rule(text)
    except ValueError:
        return False
    return True


@pytest.mark.parametrize("option", ["--token-file", "--fc-token-file", "--dgfip-file"])
def test_the_files_that_are_shown_are_read(tmp_path: Path, option: str) -> None:
    """Each example of a file makes a simulator start."""
    shown = PAGE.partition(f"\n`{option}`")[2].partition("```json\n")[2].partition("```")[0]
    path = tmp_path / "file.json"
    path.write_text(shown, encoding="utf-8")

    config = _config(parser().parse_args([option, str(path)]), {"BERCEAU_SIMULATOR_TOKEN": "token"})

    assert config != Config(tokens={"token": Token()}, treasury=Treasury())
    assert build_app(config) is not None
