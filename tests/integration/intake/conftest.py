"""A founded database, and intake on it, called without a socket."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Protocol
from uuid import UUID, uuid4

import httpx
import pytest
from sqlalchemy import Connection, Engine, create_engine, insert, text

from services.intake.app import build_app
from services.intake.examples import APPLICATION, CALLBACK
from services.intake.franceconnect.asking import Asking
from services.intake.franceconnect.calls import Calls
from services.intake.franceconnect.question import Right
from services.intake.parts import Limits, Parts
from services.intake.promise import Promise
from services.tariff.language.national import load_national_scale
from services.tariff.language.scale import Scale
from services.verifier.provider.client import Patience
from shared.blind_names import IndexKeys
from shared.errors import TariffError
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
from tests.lent_engines import lent

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


def certified(**parameters: Any) -> httpx.Response:
    """The State's answer about the family of the examples."""
    counted: dict[str, Any] = {"nombre_enfants_a_charge": 2, "nombre_enfants_beneficiaire_aeeh": 0}
    counted["base_ressources_annuelles"] = {"valeur": 48_123, "annee_calcul": 2024}
    mother = {"nom_naissance": "LO", "prenoms": "AMINATA ROSE", "date_naissance": "1992-07-19"}
    child = {"nom_naissance": "MARCHETTI-LO", "prenoms": "ZOE", "date_naissance": "2025-03-04"}
    data = {
        "allocataires": [mother | {"sexe": "F"}],
        "enfants": [child | {"sexe": "F"}],
        "adresse": {"numero_libelle_voie": "3 RUE DES TILLEULS"},
        "parametres_calcul_participation_familiale": counted | parameters,
    }
    return httpx.Response(200, json={"data": data, "links": {}, "meta": {}})


@dataclass
class FakeState:
    """The State at a FranceConnect callback: its answers, its permits, and what was asked of it."""

    answer: Callable[[], httpx.Response] = certified
    waits: list[float] = field(default_factory=list)
    asked: list[httpx.Request] = field(default_factory=list)
    rests: list[tuple[UUID, float, str]] = field(default_factory=list)
    gate: asyncio.Event = field(default_factory=asyncio.Event)
    _came: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(0))

    def __post_init__(self) -> None:
        self.gate.set()

    async def calls(self, how_many: int) -> None:
        """Wait until so many more calls have come."""
        for _ in range(how_many):
            await self._came.acquire()

    def take(self, _right: Right) -> float:
        return self.waits.pop(0) if self.waits else 0.0

    def rest(self, habilitation: UUID, seconds: float, why: str) -> None:
        self.rests.append((habilitation, seconds, why))

    def asking(self, **bounds: Any) -> Asking:
        """Real calls, through a transport that ends here."""
        patience = Patience.of(bounds.setdefault("call_s", 25.0))
        calls = Calls(self._http, base_url="https://counter.test", connections=4, patience=patience)
        return Asking(self, calls, rest=self.rest, **bounds)

    async def _handle(self, request: httpx.Request) -> httpx.Response:
        self.asked.append(request)
        self._came.release()
        await self.gate.wait()
        return self.answer()

    @asynccontextmanager
    async def _http(self) -> AsyncIterator[httpx.AsyncClient]:
        async with httpx.AsyncClient(transport=httpx.MockTransport(self._handle)) as http:
            yield http


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
    local = {"code": "tarif-local", "name": "Tarif local", "profile": "tax"}
    connection.execute(insert(SchemeRow), [row, row | local])
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
    with lent(open_engine(migrated.service_url, name="test-intake", connections=12)) as engine:
        yield engine


@pytest.fixture
def authority(engine: Engine) -> Authority:
    """Arles, with two portals."""
    return found_authority(engine, "arles", portals=2)


@pytest.fixture
def bell() -> FakeBell:
    return FakeBell()


@pytest.fixture
def state() -> FakeState:
    return FakeState()


@pytest.fixture
def parts(engine: Engine, bell: FakeBell, state: FakeState) -> Parts:
    """Intake's parts: real PostgreSQL, a fake bell and State, a clock that stands still."""
    return Parts(
        engine=engine,
        key_ring=KeyRing.new("test"),
        bell=bell,
        redis_answers=lambda: True,
        tolls=Alone(clock=lambda: 0.0),
        promises=Promise(promised_s=86_400, clock=lambda: 0.0),
        asking=state.asking(),
        scale_of=_national,
        limits=Limits(),
        clock=lambda: NOW,
        index_keys=IndexKeys.new(),
    )


def _national(tariff: str) -> Scale:
    """The national scale, and no other."""
    if tariff != "psu":
        raise TariffError(f"Aucun barème {tariff} n'est connu.")
    return load_national_scale()


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

    async def call_back(self, body: Mapping[str, Any] = CALLBACK, **changes: Any) -> httpx.Response:
        """Hand in a FranceConnect token."""
        given = {**body, **changes}
        path = "/v1/franceconnect-evidence"
        return await self.client.post(path, json=given, headers=self._headers)

    async def get(self, path: str, **headers: str) -> httpx.Response:
        return await self.client.get(path, headers=self._headers | headers)

    def showing(self, key: str | None) -> "Portal":
        """The same intake, asked with another key."""
        return Portal(self.client, key)

    def on(self, client: httpx.AsyncClient) -> "Portal":
        """The same portal, at another intake."""
        other = Portal(client, None)
        other._headers = self._headers
        return other


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
