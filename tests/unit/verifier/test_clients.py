"""The open clients: a right that changes opens another, and those before it are closed in time."""

import threading
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any, cast
from uuid import UUID, uuid4

import httpx
import pytest

from services.verifier.clients import MOST_FORMER, Clients, Profiles
from services.verifier.contract import Access, Client
from services.verifier.habilitations import Right, Rights
from services.verifier.provider.client import Patience
from shared.habilitation import Cover
from shared.queue.pace import Allowance

_SCHEME, _HABILITATION = uuid4(), uuid4()


@dataclass
class _Places:
    """Which tokens have a client open."""

    source: str = "test"
    open_for: list[str] = field(default_factory=list)

    def open(self, access: Access) -> AbstractAsyncContextManager[Client]:
        return self._open(access)

    @asynccontextmanager
    async def _open(self, access: Access) -> AsyncIterator[Client]:
        self.open_for.append(access.token)
        yield cast("Client", object())
        self.open_for.remove(access.token)


class _EajeForAll:
    def of(self, _scheme: UUID) -> str:
        return "eaje"

    def knows(self, _scheme: UUID) -> bool:
        return True


@dataclass
class _OneRight:
    """A right; `read_on` are the threads on which it was asked for."""

    right: Right
    fresh: bool = True
    read_on: set[threading.Thread] = field(default_factory=set)

    def of(self, _habilitation: UUID) -> Right:
        self.read_on.add(threading.current_thread())
        return self.right

    def knows(self, _habilitation: UUID) -> bool:
        return self.fresh

    def renew(self, token: str) -> None:
        self.right = replace(self.right, token=token)


@pytest.fixture
def rights() -> _OneRight:
    year_2100 = datetime(2100, 1, 1, tzinfo=UTC)
    cover = Cover(frozenset({"eaje"}), "21130004800012", "21130004800012", year_2100)
    return _OneRight(Right(Allowance(_HABILITATION, 18, 2), "0", "21130004800012", cover))


@pytest.fixture
def places() -> _Places:
    return _Places()


@pytest.fixture
def clients(rights: _OneRight, places: _Places) -> Clients:
    return Clients(
        cast("Any", {"eaje": places}),
        profiles=cast("Profiles", _EajeForAll()),
        rights=cast("Rights", rights),
        open_http=lambda _: httpx.AsyncClient(),
        connections=1,
        patience=Patience(),
    )


async def test_one_right_has_one_client(clients: Clients, places: _Places) -> None:
    """However often it is asked for; all is closed at the end."""
    first, second = [await clients.of(_SCHEME, _HABILITATION) for _ in range(2)]

    assert first is second
    assert ["0"] == places.open_for
    await clients.close()
    assert [] == places.open_for


async def test_the_record_is_read_beside_the_loop_and_only_when_it_must_be(
    clients: Clients, rights: _OneRight
) -> None:
    """What is known costs no change of thread; what must be read holds nobody else up."""
    loop = {threading.current_thread()}

    await clients.of(_SCHEME, _HABILITATION)
    assert loop == rights.read_on

    rights.fresh, rights.read_on = False, set()
    await clients.of(_SCHEME, _HABILITATION)
    assert set() == loop & rights.read_on
    assert 1 == len(rights.read_on)
    await clients.close()


async def test_tokens_that_are_renewed_for_ever_leave_few_clients(
    clients: Clients, rights: _OneRight, places: _Places
) -> None:
    """The last one and as many before it as may still be in use."""
    for number in range(6):
        rights.renew(str(number))
        await clients.of(_SCHEME, _HABILITATION)

    assert ["3", "4", "5"][-1 - MOST_FORMER :] == places.open_for
    await clients.close()
    assert [] == places.open_for
