"""Real servers for the tests that want them, and one invented family with its certified facts."""

import os
import secrets
import shutil
import signal
from collections.abc import Iterator
from contextlib import nullcontext
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import count
from pathlib import Path

import psycopg
import pytest
import redis
from hypothesis import HealthCheck, settings
from psycopg.sql import SQL, Identifier
from sqlalchemy import make_url

from services.command.stack import roles
from services.command.stack.account import unprivileged
from services.command.stack.home import OUTSIDE, Home
from services.command.stack.postgres import EmbeddedPostgres
from services.command.stack.redis import EmbeddedRedis, Kind
from shared.application import Application
from shared.evidence import EAJE_SOURCE, EajeFacts, Provenance
from shared.store.migrating import migrate
from tests.quick_place import quick_place

# How long an example takes is the machine's affair: a busy one is no fault of what is tried.
settings.register_profile("berceau", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("berceau")

_APPLICATION = {
    "scheme": "creches",
    "child": {
        "birth_name": "Marchetti-Lô",
        "first_names": ["Zoé"],
        "sex": "F",
        "birth": "2025-03-04",
    },
    "applicant": {
        "birth_name": "Lô",
        "usage_name": None,
        "first_names": ["Aminata", "Rose"],
        "sex": "F",
        "birth": "1992-07-19",
        "birth_place": {"country": "99100", "commune": "13055"},
    },
    "identity_assurance": "franceconnect",
    "address": {
        "line": "3 rue des Tilleuls",
        "postcode": "13200",
        "city": "Arles",
        "commune": "13004",
    },
    "structure": "les-mesanges",
    "care": {
        "type": "collectif",
        "start": "2026-09-01",
        "contract_hours": "1518.00",
        "instalments": 11,
    },
    "notice": {"version": "2026-01", "shown_at": "2026-11-20T09:30:00Z"},
}


_PROGRAMS = {"redis_server": Kind.REAL, "chromium": "chromium"}  # what a marker needs


@dataclass(frozen=True)
class Database:
    """An empty database: what migrations and services connect to it with."""

    name: str
    owner_url: str
    service_url: str
    console_url: str


def pytest_configure() -> None:
    """Let Ctrl-C reach what tests start, even when a shell began us with SIGINT ignored."""
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Skip what needs a program where there is none; on CI, fail instead."""
    for marker, program in _PROGRAMS.items():
        if item.get_closest_marker(marker) is None or shutil.which(program):
            continue
        reason = f"needs {program} (Debian: apt-get install {program})"
        if os.environ.get("CI"):
            pytest.fail(reason, pytrace=False)
        pytest.skip(reason)


@pytest.fixture(scope="session")
def _place(request: pytest.FixtureRequest) -> Iterator[Path | None]:
    """In memory; long proofs keep what they write on a disk, as the product does."""
    long = any(item.get_closest_marker("prove") for item in request.session.items)
    with nullcontext() if long else quick_place() as place:
        yield place


@pytest.fixture(scope="session")
def postgres(
    _place: Path | None, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[EmbeddedPostgres]:
    """The PostgreSQL of the session."""
    place = _place or tmp_path_factory.mktemp("postgres")
    home = Home(place / "home")
    with EmbeddedPostgres(home.path, outside=_place or OUTSIDE) as server:
        yield server
    home.erase(unprivileged())


def _database(postgres: EmbeddedPostgres, name: str) -> Database:
    return Database(
        name,
        postgres.owner_url_of(name),
        postgres.service_url_of(name),
        postgres.console_url_of(name),
    )


@pytest.fixture
def database(postgres: EmbeddedPostgres) -> Iterator[Database]:
    """A fresh empty database, dropped afterwards with whoever is still connected to it."""
    name = f"test_{secrets.token_hex(6)}"
    roles.create_database(postgres.superuser_url, name)
    yield _database(postgres, name)
    roles.drop_database(postgres.superuser_url, name)


@pytest.fixture(scope="session")
def _template(postgres: EmbeddedPostgres) -> str:
    """A migrated database that is only ever copied: migrating anew takes longer."""
    name = "template_of_tests"
    roles.create_database(postgres.superuser_url, name)
    migrate(
        postgres.owner_url_of(name),
        service_url=postgres.service_url_of(name),
        console_url=postgres.console_url_of(name),
    )
    return name


@pytest.fixture
def migrated(postgres: EmbeddedPostgres, _template: str) -> Iterator[Database]:
    """A fresh migrated database, dropped afterwards with whoever is still connected to it."""
    name = f"test_{secrets.token_hex(6)}"
    copy = SQL("CREATE DATABASE {} OWNER {} TEMPLATE {}")
    owner = Identifier(make_url(postgres.owner_url).username or "")
    with psycopg.connect(postgres.superuser_url, autocommit=True) as connection:
        connection.execute(copy.format(Identifier(name), owner, Identifier(_template)))
    yield _database(postgres, name)
    roles.drop_database(postgres.superuser_url, name)


@pytest.fixture(scope="session")
def redis_stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmbeddedRedis]:
    """The Redis of the session: redis-server where there is one, else fakeredis."""
    with EmbeddedRedis(tmp_path_factory.mktemp("redis") / "home") as server:
        yield server


@pytest.fixture(scope="session")
def _redis_numbers() -> Iterator[int]:
    return count()


@pytest.fixture
def redis_url(redis_stack: EmbeddedRedis, _redis_numbers: Iterator[int]) -> str:
    """An empty Redis database; the fifteenth test from here gets the same, emptied."""
    url = redis_stack.url_of(1 + next(_redis_numbers) % 15)
    with redis.Redis.from_url(url) as client:
        client.flushdb()
    return url


@pytest.fixture(scope="session")
def application() -> Application:
    """An invented family that asks for care from September 2026."""
    return Application.model_validate(_APPLICATION)


@pytest.fixture(scope="session")
def facts() -> EajeFacts:
    """What the fund certifies of it: two children, 48 000 € in N-2, their child listed."""
    return EajeFacts(
        children=2,
        aeeh_children=0,
        annual_resources_cents=4_800_000,
        resources_year=2024,
        child_listed=True,
        address_line="3 RUE DES TILLEULS",
        address_city="ARLES",
        provenance=Provenance(
            source=EAJE_SOURCE,
            fetched_at=datetime(2026, 11, 23, 9, 30, tzinfo=UTC),
            http_status=200,
        ),
    )
