"""A simulator in this process, and somebody who calls it."""

from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import httpx
import pytest

from services.simulator.api.app import build_app
from services.simulator.api.config import Config, Token
from services.simulator.population.adults import Adult
from services.simulator.population.families import Family, family, season
from services.simulator.population.plans import Kind, kind_of

TODAY = date(2026, 11, 23)
NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
SEED = 7
PATH = "/v3/dss/participation_familiale_eaje/identite"
RECIPIENT = "13002526500013"
GOOD = "good"
Pairs = list[tuple[str, str]]


class Caller:
    """Calls one simulator as a client of the contract would."""

    def __init__(self, config: Config) -> None:
        transport = httpx.ASGITransport(app=build_app(config))
        self.http = httpx.AsyncClient(transport=transport, base_url="http://simulator")

    async def ask(
        self, pairs: Pairs, *, token: str | None = GOOD, path: str = PATH, **headers: str
    ) -> httpx.Response:
        """One data call; the recipient is in the pairs or is not."""
        bearer = {} if token is None else {"Authorization": f"Bearer {token}"}
        return await self.http.get(
            path, params=httpx.QueryParams(tuple(pairs)), headers={**bearer, **headers}
        )

    async def ask_about(self, known: Family, **options: Any) -> httpx.Response:
        """One data call about the applicant of a family, as the register writes them."""
        return await self.ask(pairs_of(known.household.applicant), **options)

    async def ask_about_month(self, known: Family, period: Pairs) -> httpx.Response:
        """The QF of a month, of the applicant of a family."""
        pairs = [*pairs_of(known.household.applicant), *period]
        return await self.ask(pairs, path="/v3/dss/quotient_familial/identite")

    async def ask_about_other_parent(self, known: Family) -> httpx.Response:
        """One data call about the other parent of a family of two parents."""
        return await self.ask(pairs_of(known.household.adults[1]))


def pairs_of(adult: Adult) -> Pairs:
    """The query of a person of the register."""
    birth = zip(
        ("anneeDateNaissance", "moisDateNaissance", "jourDateNaissance"),
        (adult.birth.year, adult.birth.month, adult.birth.day),
        strict=True,
    )
    return [
        ("recipient", RECIPIENT),
        ("nomNaissance", _at_the_counter(adult.birth_name)),
        *(("prenoms[]", _at_the_counter(name)) for name in adult.first_names[:3]),
        *((name, str(part)) for name, part in birth if part),
        ("sexeEtatCivil", adult.sex),
        *_place(adult.place.code, abroad=adult.abroad),
    ]


def _place(code: str, *, abroad: bool) -> Pairs:
    if abroad:
        return [("codeCogInseePaysNaissance", code)]
    return [("codeCogInseePaysNaissance", "99100"), ("codeCogInseeCommuneNaissance", code)]


def _at_the_counter(name: str) -> str:
    replaced = {"’": "'", "Œ": "OE", "œ": "oe", "Ÿ": "Y"}
    return "".join(replaced.get(letter, letter) for letter in name)


@pytest.fixture
def config() -> Config:
    """A fast simulator with one token, on a fixed day."""
    return Config(
        tokens={"good": Token()},
        seed=SEED,
        rate_limit=None,
        slow_seconds=0.01,
        address_limit=None,
        now=lambda: NOW,
    )


@pytest.fixture
async def calling(config: Config) -> AsyncIterator[Callable[..., Caller]]:
    """Makes callers of simulators that differ from `config` by what is given."""
    callers: list[Caller] = []

    def make(**changes: Any) -> Caller:
        callers.append(Caller(replace(config, **changes)))
        return callers[-1]

    yield make
    for caller in callers:
        await caller.http.aclose()


@pytest.fixture
def caller(calling: Callable[..., Caller]) -> Caller:
    """A caller of the plain simulator."""
    return calling()


@pytest.fixture
def families() -> Callable[[Kind], list[Family]]:
    """The families of a kind among the first 200 of the seed."""

    def of(kind: Kind) -> list[Family]:
        numbers = (number for number in range(200) if kind_of(SEED, number) is kind)
        return [family(SEED, number, season(TODAY)) for number in numbers]

    return of


@pytest.fixture
def nominal(families: Callable[[Kind], list[Family]]) -> Family:
    """A family about whom nothing is particular."""
    return families(Kind.NOMINAL)[0]


@pytest.fixture
def query(nominal: Family) -> Pairs:
    """A well put query about that family."""
    return pairs_of(nominal.household.applicant)
