"""The way out to a provider: through the outgoing proxy, to who a private authority certifies."""

import asyncio
import os
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
import uvicorn

from services.command.stack.ports import HOST, reserve
from services.simulator.api.app import build_app
from services.simulator.api.config import Config, Token
from services.verifier.__main__ import _http
from services.verifier.provider.answer import Answer, Answered, Failure, Unanswered
from services.verifier.provider.client import EajeClient, Patience
from shared.application import Application
from shared.settings import read_settings
from tests.integration.deploy.certificates import Certified, certify
from tests.integration.deploy.outgoing_proxy import proxying

_NAME = "particulier.test"  # resolves nowhere: only the proxy leads there
_TOKEN = "an.invented.token"
_WITHIN_S = 10
_UNREADABLE = 2


@pytest.fixture(scope="module")
def certified(tmp_path_factory: pytest.TempPathFactory) -> Certified:
    return certify(_NAME, tmp_path_factory.mktemp("certificates"))


@pytest.fixture(autouse=True)
def settings(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """The least, and no proxy of the machine's."""
    for name in [one for one in os.environ if one.lower().endswith("_proxy")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("BERCEAU_DATABASE_URL", "postgresql+psycopg://nobody@127.0.0.1:9/none")
    monkeypatch.setenv("BERCEAU_REDIS_URL", "redis://127.0.0.1:9/0")
    monkeypatch.setenv("BERCEAU_KEY_RING_FILE", "ring.json")
    return monkeypatch


@asynccontextmanager
async def _simulator(certified: Certified | None = None) -> AsyncIterator[int]:
    """A simulator on this machine, over TLS when it has a certificate; its port."""
    port = reserve().release()
    config = uvicorn.Config(
        build_app(Config(tokens={_TOKEN: Token()}, population=1)),
        host=HOST,
        port=port,
        log_level="critical",
        ssl_certfile=certified.certificate if certified else None,
        ssl_keyfile=certified.key if certified else None,
    )
    server = uvicorn.Server(config)
    serving = asyncio.create_task(server.serve())
    while not server.started:  # noqa: ASYNC110  # uvicorn tells it by this flag alone
        await asyncio.sleep(0.01)
    try:
        yield port
    finally:
        server.should_exit = True
        await serving


async def _ask(url: str, applicant: Application) -> Answer:
    """Ask as a verifier with the settings of the environment does."""
    patience = Patience.of(_WITHIN_S)
    async with _http(read_settings(), 2, patience)() as http:
        client = EajeClient(http, base_url=url, token=_TOKEN, recipient="21130000900019")
        return await client.ask(applicant.applicant)


@pytest.mark.parametrize("credentials", [None, "berceau:mot-de-passe"])
async def test_a_provider_is_asked_through_the_proxy_and_a_private_authority(
    settings: pytest.MonkeyPatch,
    application: Application,
    certified: Certified,
    credentials: str | None,
) -> None:
    """Name, tunnel, password and certificate: an answer comes, and the proxy sees only a name."""
    async with _simulator(certified) as port, proxying(port, credentials) as proxy:
        through = f"{credentials}@{HOST}" if credentials else HOST
        settings.setenv("BERCEAU_PROVIDER_PROXY", f"http://{through}:{proxy.port}")
        settings.setenv("BERCEAU_PROVIDER_CA_FILE", str(certified.authority))
        answer = await _ask(f"https://{_NAME}", application)

    assert isinstance(answer, Answered)
    assert b"36560" in answer.body  # a family that the simulator does not know
    assert [f"CONNECT {_NAME}:443"] == proxy.asked


async def test_who_nobody_certifies_is_not_asked(
    settings: pytest.MonkeyPatch, application: Application, certified: Certified
) -> None:
    """Without the private authority no request leaves: a failure named TLS, to be tried again."""
    async with _simulator(certified) as port, proxying(port) as proxy:
        settings.setenv("BERCEAU_PROVIDER_PROXY", f"http://{HOST}:{proxy.port}")
        answer = await _ask(f"https://{_NAME}", application)

    assert Unanswered(Failure.TLS) == answer


async def test_a_certificate_for_another_name_is_refused(
    settings: pytest.MonkeyPatch, application: Application, certified: Certified
) -> None:
    """The private authority is trusted for whom it certifies, and for nobody else."""
    async with _simulator(certified) as port, proxying(port) as proxy:
        settings.setenv("BERCEAU_PROVIDER_PROXY", f"http://{HOST}:{proxy.port}")
        settings.setenv("BERCEAU_PROVIDER_CA_FILE", str(certified.authority))
        answer = await _ask("https://another.test", application)

    assert Unanswered(Failure.TLS) == answer


async def test_a_proxy_that_refuses_is_told_apart(
    settings: pytest.MonkeyPatch, application: Application, certified: Certified
) -> None:
    """A wrong password at our own way out is not a failure of the State's."""
    async with _simulator(certified) as port, proxying(port, "berceau:juste") as proxy:
        settings.setenv("BERCEAU_PROVIDER_PROXY", f"http://berceau:faux@{HOST}:{proxy.port}")
        answer = await _ask(f"https://{_NAME}", application)

    assert Unanswered(Failure.PROXY) == answer


async def test_a_proxy_that_is_away_is_told_apart(
    settings: pytest.MonkeyPatch, application: Application
) -> None:
    """Nothing goes round a proxy that does not answer."""
    settings.setenv("BERCEAU_PROVIDER_PROXY", f"http://{HOST}:{reserve().release()}")

    assert Unanswered(Failure.PROXY) == await _ask(f"https://{_NAME}", application)


async def test_this_machine_is_asked_directly(
    settings: pytest.MonkeyPatch, application: Application
) -> None:
    """A simulator beside the services is never sought behind the proxy."""
    async with _simulator() as port, proxying(port) as proxy:
        settings.setenv("BERCEAU_PROVIDER_PROXY", f"http://{HOST}:{proxy.port}")
        answer = await _ask(f"http://{HOST}:{port}", application)

    assert isinstance(answer, Answered)
    assert [] == proxy.asked


@pytest.mark.stack
@pytest.mark.parametrize("content", [None, "not a certificate"])
def test_a_verifier_without_its_authority_does_not_start(
    tmp_path: Path, content: str | None
) -> None:
    """It ends with the variable's name, rather than calling the State in vain all night."""
    ring, authority = tmp_path / "ring.json", tmp_path / "ca.pem"
    berceau = [sys.executable, "-m", "services.command"]
    subprocess.run([*berceau, "keys", "new", str(ring)], check=True, capture_output=True)
    if content is not None:
        authority.write_text(content)
    given = {"BERCEAU_KEY_RING_FILE": str(ring), "BERCEAU_PROVIDER_CA_FILE": str(authority)}
    ended = subprocess.run(
        [*berceau, "verifier"],
        env={**os.environ, **given},
        capture_output=True,
        text=True,
        check=False,
        timeout=30,
    )

    assert _UNREADABLE == ended.returncode
    assert "BERCEAU_PROVIDER_CA_FILE: cannot be read" in ended.stderr
