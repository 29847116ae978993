"""Families: who is in the table, and what must become of each."""

import asyncio
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import httpx

from services.command.demo.families import some_of
from services.command.demo.oracle import Expected, expected
from shared.application import Application

_PATIENCE_S = 60.0
_FIELDS = frozenset(Application.model_fields)


@dataclass(frozen=True, slots=True, repr=False)
class Family:
    """One family: what it hands in, and where that must come to rest."""

    application: Application
    expected: Expected


def families(simulator_url: str, population: int) -> list[Family]:
    """The population, without those whose calls break.

    What breaks is waited for, by each contestant for as long as it likes: that is no work.
    """
    today = datetime.now(UTC).date()
    return [
        Family(_application(told["enrolment"]), expected(told, today))
        for told in asyncio.run(_population(simulator_url, population))
        if not told["truth"]["faults"]
    ]


def cycled(known: Sequence[Family], how_many: int) -> Iterator[Family]:
    """So many families, one after the other, and from the first again."""
    return (known[number % len(known)] for number in range(how_many))


def _application(enrolment: Mapping[str, Any]) -> Application:
    return Application.model_validate({k: v for k, v in enrolment.items() if k in _FIELDS})


async def _population(url: str, population: int) -> Sequence[Mapping[str, Any]]:
    async with httpx.AsyncClient(timeout=_PATIENCE_S, trust_env=False) as http:
        return await some_of(http, url, population)
