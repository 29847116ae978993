"""The way out to a provider: through the outgoing proxy, to who a private authority certifies."""

import asyncio
import os
import ssl
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from uuid import uuid4

import pytest
import uvicorn
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    PrivateFormat,
    load_pem_private_key,
)
from pydantic import SecretStr
from redis import Redis

from services.command.stack.ports import HOST, reserve
from services.intake.__main__ import _asking
from services.intake.franceconnect.question import Right
from services.simulator.api.app import build_app
from services.simulator.api.config import Config, Token
from services.verifier.__main__ import _http
from services.verifier.provider.answer import Answer, Answered, Failure, Unanswered
from services.verifier.provider.auth import by_habilitation
from services.verifier.provider.client import Exchange, Patience
from services.verifier.provider.endpoint import EAJE
from services.verifier.provider.particulier import ApiParticulier
from services.verifier.provider.query import query_for
from shared.application import Application
from shared.errors import SettingsError
from shared.settings import read_settings
from shared.store.engine import open_engine
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
async def _simulator(
    certified: Certified | None = None, *, asks_who: bool = False
) -> AsyncIterator[int]:
    """A simulator on this machine, over TLS when it has a certificate; its port.

    `asks_who` refuses whoever shows no certificate of the same authority.
    """
    port = reserve().release()
    config = uvicorn.Config(
        build_app(Config(tokens={_TOKEN: Token()}, population=1)),
        host=HOST,
        port=port,
        log_level="critical",
        ssl_certfile=certified.certificate if certified else None,
        ssl_keyfile=certified.key if certified else None,
        ssl_ca_certs=str(certified.authority) if certified and asks_who else None,
        ssl_cert_reqs=ssl.CERT_REQUIRED if asks_who else ssl.CERT_NONE,
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
    async with _http(read_settings(), 2, patience)("eaje") as http:
        api = ApiParticulier(Exchange(http), EAJE, url, "21130000900019")
        return await api.ask(by_habilitation(_TOKEN), query_for(applicant.applicant))


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


async def _ask_at_the_callback(url: str, settings: pytest.MonkeyPatch) -> Answer:
    """Ask as an intake with the settings of the environment does, with a FranceConnect token."""
    settings.setenv("BERCEAU_PROVIDER_URL", url)
    engine = open_engine("postgresql+psycopg://nobody@127.0.0.1:9/none", name="x", connections=1)
    right = Right(uuid4(), uuid4(), "eaje", uuid4(), "21130000900019", pace=1, burst=1)
    asking = _asking(read_settings(), engine, Redis.from_url("redis://127.0.0.1:9/0"))
    try:
        return await asking._calls.ask(right, SecretStr("an.invented.franceconnect.token"))
    finally:
        await asking.close()


@pytest.mark.parametrize("trusted", [True, False])
async def test_intake_has_the_same_way_out(
    settings: pytest.MonkeyPatch, certified: Certified, *, trusted: bool
) -> None:
    """At FranceConnect's callback the State is asked through the proxy, if it is who it says."""
    async with _simulator(certified) as port, proxying(port) as proxy:
        settings.setenv("BERCEAU_PROVIDER_PROXY", f"http://{HOST}:{proxy.port}")
        if trusted:
            settings.setenv("BERCEAU_PROVIDER_CA_FILE", str(certified.authority))
        answer = await _ask_at_the_callback(f"https://{_NAME}", settings)

    assert f"CONNECT {_NAME}:443" in proxy.asked
    assert trusted == isinstance(answer, Answered)
    assert trusted or Unanswered(Failure.TLS) == answer


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


async def _granted(url: str, profile: str) -> Answer:
    """What the DGFiP's token counter answers a verifier with the settings of the environment."""
    form = {"grant_type": "client_credentials"}
    async with _http(read_settings(), 2, Patience.of(_WITHIN_S))(profile) as http:
        return await Exchange(http).post(f"{url}/token", form=form)


@pytest.mark.parametrize("apart", [True, False])
async def test_the_tax_gateway_is_shown_who_we_are(
    settings: pytest.MonkeyPatch, certified: Certified, tmp_path: Path, *, apart: bool
) -> None:
    """A certificate and its key, in two files or in one; other counters are shown none."""
    both = tmp_path / "both.pem"
    both.write_bytes(certified.certificate.read_bytes() + certified.key.read_bytes())
    settings.setenv("BERCEAU_PROVIDER_CA_FILE", str(certified.authority))
    settings.setenv("BERCEAU_TAX_CERTIFICATE_FILE", str(certified.certificate if apart else both))
    if apart:
        settings.setenv("BERCEAU_TAX_KEY_FILE", str(certified.key))
    async with _simulator(certified, asks_who=True) as port, proxying(port) as proxy:
        settings.setenv("BERCEAU_PROVIDER_PROXY", f"http://{HOST}:{proxy.port}")
        shown = await _granted(f"https://{_NAME}", "tax")
        unshown = await _granted(f"https://{_NAME}", "eaje")

    assert isinstance(shown, Answered)
    assert b"invalid_client" in shown.body
    assert isinstance(unshown, Unanswered)


@pytest.mark.parametrize("broken", ["absent", "another", "locked"])
def test_a_certificate_that_does_not_open_is_told_at_once(
    settings: pytest.MonkeyPatch, certified: Certified, tmp_path: Path, broken: str
) -> None:
    """Not there, with another's key, or under a password that nobody is there to type."""
    key = tmp_path / "key.pem"
    if broken == "another":
        key.write_bytes(certify(_NAME, tmp_path).key.read_bytes())
    if broken == "locked":
        key.write_bytes(_locked(certified.key.read_bytes()))
    settings.setenv("BERCEAU_TAX_CERTIFICATE_FILE", str(certified.certificate))
    settings.setenv("BERCEAU_TAX_KEY_FILE", str(key))

    with pytest.raises(SettingsError, match=r"BERCEAU_TAX_CERTIFICATE_FILE: cannot be read \("):
        _http(read_settings(), 2, Patience.of(_WITHIN_S))


def _locked(key: bytes) -> bytes:
    """The same key under a password."""
    opened = load_pem_private_key(key, None)
    password = BestAvailableEncryption(b"mot-de-passe")
    return opened.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, password)


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
