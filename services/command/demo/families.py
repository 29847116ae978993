"""Families to try with: enrolments that the simulator knows, each ready to be posted.

A file is the body of one `POST /v1/applications`, named after what becomes of it: `nominal-1.json`
ends in a decision, `not_identified-1.json` waits for an agent.
"""

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import httpx

Family = Mapping[str, Any]
_ASKED = 200  # one block of the population: every kind is in it
_PAGE = 500
_PATIENCE_S = 30.0


def known_to(simulator_url: str) -> list[Family]:
    """The first families of a simulator: what each writes, and what is true of it."""
    with httpx.Client(timeout=_PATIENCE_S, trust_env=False) as http:
        answer = http.get(f"{simulator_url}/population", params={"limit": _ASKED})
    families: list[Family] = answer.raise_for_status().json()
    return families


async def some_of(
    http: httpx.AsyncClient, simulator_url: str, how_many: int, *, after: int = 0
) -> list[Family]:
    """So many families of a simulator in its order, those after the first `after`, page by page."""
    families: list[Family] = []
    while len(families) < how_many:
        page = {"offset": after + len(families), "limit": min(_PAGE, how_many - len(families))}
        answer = await http.get(f"{simulator_url}/population", params=page)
        families += answer.raise_for_status().json()
    return families


def keep(families: Iterable[Family], folder: Path) -> None:
    """Write each enrolment in a file of its own; those of an earlier start give way."""
    for old in folder.glob("*.json"):
        old.unlink()
    for name, enrolment in named(families):
        text = json.dumps(enrolment, ensure_ascii=False, indent=2)
        (folder / f"{name}.json").write_text(f"{text}\n", encoding="utf-8")


def named(families: Iterable[Family]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Each enrolment with its name: the kind of family, and its number in that kind, from 1."""
    seen: Counter[str] = Counter()
    for family in families:
        kind = family["truth"]["kind"]
        seen[kind] += 1
        yield f"{kind}-{seen[kind]}", family["enrolment"]
