"""A founded database, and intake on it, called without a socket."""

from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Protocol
from uuid import UUID, uuid4

import httpx
import pytest
from sqlalchemy import Connection, Engine, create_engine, insert, text

from services.intake.app import build_app
from services.intake.examples import APPLICATION
from services.intake.parts import Limits, Parts
from services.intake.promise import Promise
from shared.events import Doorbell
from shared.portal_keys import mint_key
from shared.queue.tolls import Alone
from shared.sealing import KeyRing
from shared.states import Lane, Step
from shared.store.engine import open_engine
from shared.store.parties import (
    AuthorityRow,
    HabilitationRow,
    PortalKeyRow,
    PortalRow,
    SchemeRow,
    StructureRow,
)

NOW = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)
STRUCTURES = {"les-mesanges": ["collectif"], "la-ribambelle": ["micro_creche"]}


class Database(Protocol):
    """What these tests need of the session's database."""

    owner_url: str
    service_url: str


@dataclass
class FakeBell:
    """A bell that remembers what was rung."""

    room_left: int = 32
    works: bool = True
    rung: list[Doorbell] = field(default_factory=list)

    def room(self, _step: Step, _lane: Lane) -> int:
        return self.room_left

    def ring(self, doorbell: Doorbell) -> bool:
        self.rung.append(doorbell)
        return self.works


@dataclass(frozen=True)
class Authority:
    """An authority with a scheme, structures, and as many portals as it has keys."""

    id: UUID
    keys: Sequence[str]


def found_authority(engine: Engine, code: str, *, portals: int = 1) -> Authority:
    """Found one authority, and mint a key for each of its portals."""
    authority, habilitation = uuid4(), uuid4()
    with engine.begin() as connection:
        _found_parties(connection, code, authority, habilitation)
        keys = [_found_portal(connection, f"{code}-{n}", authority) for n in range(portals)]
    return Authority(authority, keys)


def _found_parties(connection: Connection, code: str, authority: UUID, habilitation: UUID) -> None:
    row: dict[str, Any] = {"id": authority, "code": code, "name": code.title()}
    row |= {"kind": "commune", "siret": "21130004800012"}
    connection.execute(insert(AuthorityRow), row)
    owned = {"authority_id": authority}
    row = {"id": habilitation, "code": code, "recipient": "21130004800012", **owned}
    row |= {"sealed_token": b"sealed", "pace": 10, "burst": 10}
    connection.execute(insert(HabilitationRow), row)
    row = {"habilitation_id": habilitation, "code": "creches", "name": "Crèches", **owned}
    row |= {"profile": "eaje", "tariff": "psu", "validation": "agent"}
    row |= {"stages": ["estimate", "admission"]}
    connection.execute(insert(SchemeRow), row)
    for structure, care in STRUCTURES.items():
        row = {"code": structure, "name": structure, "care_types": care, **owned}
        connection.execute(insert(StructureRow), row)


def _found_portal(connection: Connection, code: str, authority: UUID) -> str:
    portal = uuid4()
    row = {"id": portal, "authority_id": authority, "code": code, "name": code}
    connection.execute(insert(PortalRow), row)
    key, hashed = mint_key()
    connection.execute(insert(PortalKeyRow), {"portal_id": portal, "key_hash": hashed})
    return key


@pytest.fixture
def engine(migrated: Database) -> Iterator[Engine]:
    """The services' engine on a migrated database."""
    engine = open_engine(migrated.service_url, name="test-intake", connections=12)
    yield engine
    engine.dispose()


@pytest.fixture
def authority(engine: Engine) -> Authority:
    """Arles, with two portals."""
    return found_authority(engine, "arles", portals=2)


@pytest.fixture
def bell() -> FakeBell:
    return FakeBell()


@pytest.fixture
def parts(engine: Engine, bell: FakeBell) -> Parts:
    """Intake's parts: real PostgreSQL, a fake bell, a clock that stands still."""
    return Parts(
        engine=engine,
        key_ring=KeyRing.new("test"),
        bell=bell,
        redis_answers=lambda: True,
        tolls=Alone(clock=lambda: 0.0),
        promises=Promise(promised_s=86_400, clock=lambda: 0.0),
        limits=Limits(),
        clock=lambda: NOW,
    )


class Portal:
    """A portal's HTTP client."""

    def __init__(self, client: httpx.AsyncClient, key: str | None) -> None:
        self.client = client
        self._headers = {"Authorization": f"Bearer {key}"} if key else {}

    async def post(self, body: Mapping[str, Any] = APPLICATION, **headers: str) -> httpx.Response:
        """Hand in an application; `idempotency_key="…"` gives a header."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return await self.client.post(
            "/v1/applications", json=dict(body), headers=self._headers | named
        )

    async def send(self, content: Any, **headers: str) -> httpx.Response:
        """Hand in bytes, as they are or as they stream."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        given = {"content-type": "application/json"} | self._headers | named
        return await self.client.post("/v1/applications", content=content, headers=given)

    async def get(self, path: str, **headers: str) -> httpx.Response:
        return await self.client.get(path, headers=self._headers | headers)

    def showing(self, key: str | None) -> "Portal":
        """The same intake, asked with another key."""
        return Portal(self.client, key)


@pytest.fixture
def client_of() -> Callable[[Parts], httpx.AsyncClient]:
    """Intake on the parts given, called without a socket."""

    def call(parts: Parts) -> httpx.AsyncClient:
        transport = httpx.ASGITransport(app=build_app(parts))
        return httpx.AsyncClient(transport=transport, base_url="http://intake")

    return call


@pytest.fixture
async def portal(
    parts: Parts, authority: Authority, client_of: Callable[[Parts], httpx.AsyncClient]
) -> AsyncIterator[Portal]:
    """The first portal of Arles."""
    async with client_of(parts) as client:
        yield Portal(client, authority.keys[0])


@pytest.fixture
def neighbour(engine: Engine) -> Authority:
    """Another authority on the same intake."""
    return found_authority(engine, "tarascon")


@pytest.fixture
def rows(engine: Engine) -> Callable[..., list[Any]]:
    """What the record holds."""

    def look(query: str, **values: object) -> list[Any]:
        with engine.connect() as connection:
            return list(connection.execute(text(query), values).all())

    return look


@pytest.fixture
def change(engine: Engine) -> Callable[..., None]:
    """Change the record as another service would."""

    def execute(query: str, **values: object) -> None:
        with engine.begin() as connection:
            connection.execute(text(query), values)

    return execute


@pytest.fixture
def change_as_owner(migrated: Database) -> Callable[[str], None]:
    """Change what the services' role may not."""

    def execute(query: str) -> None:
        owner = create_engine(migrated.owner_url)
        with owner.begin() as connection:
            connection.execute(text(query))
        owner.dispose()

    return execute
