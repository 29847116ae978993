"""The simulator as a process: tokens, a real socket, and a connection that is cut."""

import asyncio
import json
import logging
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import httpx
import pytest
import uvicorn

from services.simulator.__main__ import _tokens, main
from services.simulator.api.app import build_app
from services.simulator.api.config import ALL_SCOPES, Config, Token
from services.simulator.api.hang_up import Hangable
from services.simulator.options import parser
from services.simulator.population.faults import Fault
from services.simulator.population.plans import Kind


def test_a_token_of_the_environment() -> None:
    """The variable gives one token with every scope."""
    assert {"secret": Token()} == _tokens(None, {"BERCEAU_SIMULATOR_TOKEN": "secret"})


def test_tokens_of_a_file(tmp_path: Path) -> None:
    """A file gives tokens with their scopes and their end."""
    path = tmp_path / "tokens.json"
    path.write_text(json.dumps({"a": {"scopes": ["x"], "expires": "2027-01-31"}, "b": {}}))

    tokens = _tokens(path, {})

    assert frozenset({"x"}) == tokens["a"].scopes
    assert "2027-01-31" == str(tokens["a"].expires)
    assert ALL_SCOPES == tokens["b"].scopes


def test_no_token_no_start() -> None:
    """Without any token the simulator says what to give, and stops."""
    with pytest.raises(SystemExit, match="BERCEAU_SIMULATOR_TOKEN"):
        _tokens(None, {})


def test_no_argument_takes_a_token() -> None:
    """A token cannot be given as an argument, where every user of the machine reads it."""
    with pytest.raises(SystemExit):
        main(["--token", "secret"])
    assert not hasattr(parser().parse_args([]), "token")


@dataclass
class Served:
    """A simulator on a real socket."""

    url: str


@pytest.fixture
async def served(config: Config, request: pytest.FixtureRequest) -> AsyncIterator[Served]:
    """A simulator under uvicorn, on a free port of 127.0.0.1; a parameter changes its config."""
    config = replace(config, **getattr(request, "param", {}))
    settings = uvicorn.Config(
        Hangable(build_app(config)), host="127.0.0.1", port=0, access_log=False, log_level="warning"
    )
    server = uvicorn.Server(settings)
    task = asyncio.create_task(server.serve())
    async with asyncio.timeout(5):
        while not server.started:  # noqa: ASYNC110  uvicorn has no event for it
            await asyncio.sleep(0.01)
    port = server.servers[0].sockets[0].getsockname()[1]
    yield Served(f"http://127.0.0.1:{port}")
    server.should_exit = True
    await task


async def test_a_cut_connection(
    served: Served,
    families: Callable[[Kind], list[Any]],
    caplog: pytest.LogCaptureFixture,
) -> None:
    """A planned hang-up gives the client no byte, logs nothing, and leaves the server well."""
    cut = [k for k in families(Kind.TRANSIENT_FAULT) if k.trouble.faults[0] is Fault.CLOSED]
    adult = cut[0].household.applicant
    params = [
        ("recipient", "13002526500013"),
        ("nomNaissance", adult.birth_name.replace("’", "'")),
        ("prenoms[]", adult.first_names[0]),
        ("anneeDateNaissance", str(adult.birth.year)),
        ("sexeEtatCivil", adult.sex),
        ("codeCogInseePaysNaissance", adult.place.code if adult.abroad else "99100"),
        *([] if adult.abroad else [("codeCogInseeCommuneNaissance", adult.place.code)]),
    ]
    path = f"{served.url}/v3/dss/participation_familiale_eaje/identite"
    headers = {"Authorization": "Bearer good"}

    async with httpx.AsyncClient() as client:
        with caplog.at_level(logging.WARNING), pytest.raises(httpx.RemoteProtocolError):
            await client.get(path, params=params, headers=headers)
        counts = (await client.get(f"{served.url}/calls")).json()

    assert {"0": 1} == counts["by_status"]
    assert [] == caplog.records


@pytest.mark.parametrize("served", [{"faults": ("hang",)}], indirect=True)
async def test_a_hang(served: Served, query: Any) -> None:
    """The caller gives up; the server counts it, and goes on with others."""
    path = f"{served.url}/v3/dss/participation_familiale_eaje/identite"
    params = httpx.QueryParams(tuple(query))

    async with httpx.AsyncClient() as client:
        with pytest.raises(httpx.ReadTimeout):
            await client.get(
                path, params=params, headers={"Authorization": "Bearer good"}, timeout=0.5
            )
        counts = (await client.get(f"{served.url}/calls")).json()

    assert {"0": 1} == counts["by_status"]


@pytest.mark.parametrize("served", [{"rate_limit": 1, "ban_after": 3}], indirect=True)
async def test_the_banned_get_no_answer(served: Served, query: Any) -> None:
    """Whoever ignores 429 is soon answered nothing at all, and the counts say so."""
    path = f"{served.url}/v3/dss/participation_familiale_eaje/identite"
    params, headers = httpx.QueryParams(tuple(query)), {"Authorization": "Bearer good"}

    async with httpx.AsyncClient() as client:
        with pytest.raises(httpx.RemoteProtocolError):
            await _insist(client, path, params, headers)
        counts = (await client.get(f"{served.url}/calls")).json()

    assert 1 == counts["banned"]
    assert 4 == counts["by_status"]["429"]


async def _insist(
    client: httpx.AsyncClient, path: str, params: httpx.QueryParams, headers: dict[str, str]
) -> None:
    for _ in range(50):
        await client.get(path, params=params, headers=headers)
