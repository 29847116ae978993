"""`berceau provider`: one call by hand against the simulator, and how calls stand."""

import asyncio
import json
import threading
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx
import pytest
import uvicorn
from redis import Redis
from sqlalchemy import text
from typer.testing import CliRunner

from services.command.__main__ import app
from services.command.provider.standing import read_standing
from services.simulator.api.app import build_app
from services.simulator.api.config import Client, Config, Teleservice, Token, Treasury
from services.simulator.api.hang_up import Hangable
from services.simulator.population.enrolments import enrolment
from services.simulator.population.families import season
from services.simulator.population.register import Register
from services.simulator.population.spi import spi
from shared.protocol.switching import breaker_switch, pause
from shared.queue.bell import marker_key
from shared.settings import Settings

if TYPE_CHECKING:
    from tests.conftest import Database
    from tests.integration.conftest import Record

pytestmark = pytest.mark.stack

_TOKEN = "jeton-d-essai"
_OUTCOMES = {
    "certified",
    "not_identified",
    "no_file",
    "no_child_under_seven",
    "input_refused",
    "inconsistent",
    "forbidden",
    "busy",
    "unavailable",
}
Try = Callable[..., dict[str, Any]]


@pytest.fixture(scope="module")
def simulator() -> Iterator[str]:
    """A simulator on a real socket, in a thread of its own."""
    treasury = Treasury({"berceau": Client(_TOKEN)}, {"creches": Teleservice()}, rate_limit=None)
    config = Config(
        tokens={_TOKEN: Token()},
        population=40,
        rate_limit=None,
        address_limit=None,
        treasury=treasury,
        windows=False,  # the clock is that of life, and Sundays have theirs
    )
    settings = uvicorn.Config(
        Hangable(build_app(config)), host="127.0.0.1", port=0, access_log=False, log_level="error"
    )
    server = uvicorn.Server(settings)
    thread = threading.Thread(target=lambda: asyncio.run(server.serve()), daemon=True)
    thread.start()
    while not server.started:
        assert thread.is_alive()
    port = server.servers[0].sockets[0].getsockname()[1]
    yield f"http://127.0.0.1:{port}"
    server.should_exit = True
    thread.join(5)


@pytest.fixture
def files(tmp_path: Path) -> Path:
    (tmp_path / "token").write_text(f"{_TOKEN}\n", "utf-8")
    return tmp_path


@pytest.fixture
def try_(simulator: str, files: Path) -> Try:
    """Tries an identity by hand, without any setting; the JSON that is printed."""

    def run(identity: Mapping[str, Any], *words: str, endpoint: str = "eaje") -> dict[str, Any]:
        (files / "identity.json").write_text(json.dumps(identity), "utf-8")
        by_hand = ["--base-url", simulator, "--token-file", str(files / "token")]
        said = ["--endpoint", endpoint, "--identity", str(files / "identity.json"), "--json"]
        ended = CliRunner(env={"BERCEAU_DATABASE_URL": None}).invoke(
            app, ["provider", "try", *said, *(words or by_hand)]
        )
        assert (0, "") == (ended.exit_code, ended.stderr), ended.output
        told: dict[str, Any] = json.loads(ended.stdout)
        assert _TOKEN not in ended.stdout
        return told

    return run


def _identity(number: int) -> dict[str, Any]:
    """An applicant of the simulator's register, as a person writes it."""
    register = Register(7, 40, season(Config(tokens={}).today()))
    applicant = enrolment(7, register.family(number), register.on)["applicant"]
    place = applicant["birth_place"]
    return {
        "nom_naissance": applicant["birth_name"],
        "prenoms": applicant["first_names"],
        "date_naissance": applicant["birth"],
        "sexe": applicant["sex"],
        "code_cog_insee_pays_naissance": place["country"],
        "code_cog_insee_commune_naissance": place.get("commune"),
    }


def test_a_known_family_is_certified(try_: Try) -> None:
    """Facts under the provider's own names, its number, and what would become of an application."""
    told = [try_(_identity(number)) for number in range(5)]
    certified = next(one for one in told if one["outcome"] == "certified")

    assert {one["outcome"] for one in told} <= _OUTCOMES
    assert {"allocataires", "enfants", "parametres_calcul_participation_familiale"} <= set(
        certified["facts"]
    )
    assert certified["request_id"]
    assert ("VERIFIED", None) == tuple(certified["application"][x] for x in ("state", "reason"))


def test_what_the_state_refuses_is_told(try_: Try) -> None:
    """Not by our own checks: an incomplete identity is sent, and the State's word is shown."""
    whole = _identity(0)
    unknown = try_({**whole, "nom_naissance": "Personne", "prenoms": ["Nulle"]})
    digits = try_({**whole, "nom_naissance": "L0"})
    bare = try_({"nom_naissance": "Lô"})

    assert ("not_identified", "TO_REVIEW") == (unknown["outcome"], unknown["application"]["state"])
    assert ("input_refused", "00420") == (digits["outcome"], digits["code"])
    assert "input_refused" == bare["outcome"]
    assert digits["application"]["agent"].startswith("Le guichet de l'État a refusé")


def test_an_undecodable_token_is_sent_and_refused(try_: Try, files: Path) -> None:
    """By the State, with its code."""
    (files / "token").write_text("ni-jwt-ni-rien", "utf-8")
    told = try_(_identity(0))

    assert ("forbidden", 401) == (told["outcome"], told["http_status"])
    assert "access_forbidden" == told["application"]["reason"]


def test_a_token_that_no_header_can_hold_does_not_leave(try_: Try, files: Path) -> None:
    """It is refused without a call, and said so; a mark at the head of its file is not of it."""
    (files / "token").write_bytes(b"deux\nlignes")
    unsendable = try_(_identity(0))
    (files / "token").write_text(f"{_TOKEN}\r\n", "utf-8-sig")
    marked = try_(_identity(0))

    assert ("forbidden", "unsendable_token", None) == (
        unsendable["outcome"],
        unsendable["detail"],
        unsendable["http_status"],
    )
    assert 200 == marked["http_status"]


def test_nobody_there_is_unavailable(try_: Try, files: Path) -> None:
    """No answer is an outcome too, and no reason for a traceback."""
    told = try_(
        _identity(0), "--base-url", "http://127.0.0.1:9", "--token-file", str(files / "token")
    )

    assert ("unavailable", "connection_refused", None) == (
        told["outcome"],
        told["detail"],
        told["http_status"],
    )


def test_a_quotient_is_tried(try_: Try) -> None:
    """The other endpoint of API Particulier, for the current month or another."""
    told = [try_(_identity(number), endpoint="qf") for number in range(5)]

    assert any("quotient_familial" in one["facts"] for one in told)


def test_tax_data_is_tried_with_what_the_dgfip_gave(try_: Try, files: Path) -> None:
    """Credentials lead to an access token; anything else is sent as one, and refused."""
    identity = {**_identity(0), "spi": spi(0, 0)}
    credentials = {"client_id": "berceau", "client_secret": _TOKEN, "teleservice": "creches"}
    (files / "token").write_text(json.dumps(credentials), "utf-8")
    told = try_(identity, endpoint="tax")
    (files / "token").write_text("ni-jwt-ni-rien", "utf-8")
    refused = try_(identity, endpoint="tax")

    assert ("certified", "VERIFIED") == (told["outcome"], told["application"]["state"])
    assert {"rfr", "nbPart", "annRevenu"} <= set(told["facts"])
    assert ("forbidden", 401) == (refused["outcome"], refused["http_status"])


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["--endpoint", "caf"], "donnez eaje, qf ou tax"),
        (["--endpoint", "tax"], "« spi » : manque"),
        (["--endpoint", "eaje"], "--base-url et --token-file, ou --habilitation"),
        (["--endpoint", "eaje", "--base-url", "ftp://x", "--token-file", "?"], "http:// ou https"),
        (["--endpoint", "eaje", "--base-url", "http://x", "--token-file", "?"], "illisible"),
        (
            ["--endpoint", "eaje", "--base-url", "http://x", "--habilitation", "a"],
            "donnez-la seule",
        ),
    ],
)
def test_a_wrong_use_is_told(files: Path, words: list[str], told: str) -> None:
    """In a sentence with its remedy, exit code 2, and nothing leaves."""
    (files / "identity.json").write_text("{}", "utf-8")
    words = [str(files / "absent") if word == "?" else word for word in words]
    ended = CliRunner(env={"BERCEAU_DATABASE_URL": None}).invoke(
        app, ["provider", "try", "--identity", str(files / "identity.json"), *words]
    )

    assert (2, True) == (ended.exit_code, told in ended.stderr), ended.output


@pytest.fixture
def env(
    record: "Record", migrated: "Database", redis_url: str, simulator: str, tmp_path: Path
) -> dict[str, str]:
    """The settings of the record of the test; its habilitation has the simulator's token."""
    record.ring.write(tmp_path / "ring.json")
    with record.owner.begin() as connection:
        connection.execute(
            text("UPDATE habilitations SET sealed_token = :token"),
            {"token": record.ring.seal_secret(_TOKEN)},
        )
    Redis.from_url(redis_url).set(marker_key("test"), "1")
    return {
        "BERCEAU_DATABASE_URL": migrated.service_url,
        "BERCEAU_REDIS_URL": redis_url,
        "BERCEAU_REDIS_NAMESPACE": "test",
        "BERCEAU_KEY_RING_FILE": str(tmp_path / "ring.json"),
        "BERCEAU_PROVIDER_URL": simulator,
        "BERCEAU_MAINTENANCE": "false",
    }


@pytest.fixture
def berceau(env: dict[str, str]) -> Callable[..., Any]:
    """Runs the command with these settings, or others."""
    return lambda *words, **more: CliRunner().invoke(app, words, env={**env, **more})


def test_a_habilitation_has_its_token_and_takes_a_permit(
    record: "Record", berceau: Callable[..., Any], tmp_path: Path
) -> None:
    """As a verifier does; who has none of that code is told so."""
    (tmp_path / "identity.json").write_text(json.dumps(_identity(0)), "utf-8")
    words = ["provider", "try", "--endpoint", "eaje", "--identity", str(tmp_path / "identity.json")]
    code = record.one("SELECT code FROM habilitations")
    ended = berceau(*words, "--habilitation", code, "--json")
    unknown = berceau(*words, "--habilitation", "autre")
    outside = berceau(*[word.replace("eaje", "qf") for word in words], "--habilitation", code)
    status = json.loads(berceau("provider", "status", "--json").stdout)

    assert 0 == ended.exit_code, ended.output
    assert json.loads(ended.stdout)["http_status"] is not None
    assert (2, True) == (unknown.exit_code, "aucune habilitation" in unknown.stderr)
    assert (2, True) == (outside.exit_code, f"« {code} » : " in outside.stderr), outside.output
    assert code in status["rights"][0]["permits"]


def test_the_status_tells_what_is_stopped(record: "Record", berceau: Callable[..., Any]) -> None:
    """A person's switch, a breaker; and without Redis it says what it does not know."""
    pause(record.engine, "endpoint:qf", until=None, reason="essai", by="test")
    code = record.one("SELECT code FROM habilitations")
    berceau("pause", code, "--reason", "jeton")
    well = berceau("provider", "status")
    told = json.loads(berceau("provider", "status", "--json").stdout)
    away = berceau("provider", "status", BERCEAU_REDIS_URL="redis://127.0.0.1:9/0")

    assert 0 == well.exit_code
    assert f"Habilitation « {code} »" in well.stdout
    assert "suspendus" in well.stdout
    assert {"eaje": False, "qf": True, "tax": False} == {
        one["name"]: one["switched_off"] for one in told["endpoints"]
    }
    assert (0, True) == (away.exit_code, "Redis ne répond pas" in away.stdout)
    assert _TOKEN not in well.stdout


def test_the_status_tells_a_breaker(record: "Record", berceau: Callable[..., Any]) -> None:
    """Which endpoint, and from when it is tried again."""
    again = datetime.now(UTC) + timedelta(seconds=30)
    pause(record.engine, breaker_switch("eaje"), until=again, reason="http_502", by="test")
    [eaje] = [
        one
        for one in json.loads(berceau("provider", "status", "--json").stdout)["endpoints"]
        if one["name"] == "eaje"
    ]

    assert again.isoformat() == eaje["stopped_until"]
    assert "en panne, réessayé à partir du" in berceau("provider", "status").stdout


def test_the_state_is_asked_how_its_services_are(
    record: "Record",  # noqa: ARG001  # the tables
    berceau: Callable[..., Any],
    simulator: str,
) -> None:
    """Only when that is wanted; what does not answer is said to say nothing."""
    faults = f"{simulator}/faults"
    httpx.post(faults, json={"maintenance_seconds": 600}, trust_env=False).raise_for_status()
    said = berceau("provider", "status", "--online")
    httpx.delete(faults, trust_env=False)
    told = json.loads(berceau("provider", "status", "--online", "--json").stdout)
    away = berceau("provider", "status", "--online", BERCEAU_PROVIDER_URL="http://127.0.0.1:9")
    unasked = json.loads(berceau("provider", "status", "--json").stdout)

    assert 0 == said.exit_code, said.output
    assert "Service « qf » (api-particulier) : ouvert ; l'État le dit en maintenance" in said.stdout
    assert {"eaje": "ok", "qf": "ok", "tax": None} == {
        one["name"]: one["said"] and one["said"]["health"] for one in told["endpoints"]
    }
    assert (0, True) == (away.exit_code, "n'en dit rien (connection_refused)" in away.stdout)
    assert {None} == {one["said"] for one in unasked["endpoints"]}


def test_without_redis_or_ring_nothing_leaves(
    record: "Record", berceau: Callable[..., Any], tmp_path: Path
) -> None:
    """No permit or no token, hence no call: a sentence, and exit code 2."""
    (tmp_path / "identity.json").write_text(json.dumps(_identity(0)), "utf-8")
    words = ["provider", "try", "--endpoint", "eaje", "--identity", str(tmp_path / "identity.json")]
    words += ["--habilitation", record.one("SELECT code FROM habilitations")]
    away = berceau(*words, BERCEAU_REDIS_URL="redis://127.0.0.1:9/0")
    unkeyed = berceau(*words, BERCEAU_KEY_RING_FILE=str(tmp_path / "none.json"))

    assert (2, "") == (away.exit_code, away.stdout)
    assert "Redis absent" in away.stderr
    assert (2, "") == (unkeyed.exit_code, unkeyed.stdout)
    assert "BERCEAU_KEY_RING_FILE" in unkeyed.stderr


@pytest.mark.parametrize("paused", ["habilitation", "authority"])
def test_a_pause_of_the_record_holds_a_call_back(
    record: "Record", berceau: Callable[..., Any], tmp_path: Path, paused: str
) -> None:
    """Even when no scheduler has told Redis of it, as nothing of it is begun by a verifier."""
    (tmp_path / "identity.json").write_text(json.dumps(_identity(0)), "utf-8")
    words = ["provider", "try", "--endpoint", "eaje", "--identity", str(tmp_path / "identity.json")]
    code, right, authority = record.rows("SELECT code, id, authority_id FROM habilitations")[0]
    held = {"habilitation": right, "authority": authority}[paused]
    pause(record.engine, f"{paused}:{held}", until=None, reason="essai", by="test")
    ended = berceau(*words, "--habilitation", code)

    assert (2, "") == (ended.exit_code, ended.stdout)
    assert f"« {code} » : les appels sont suspendus" in ended.stderr


def test_the_status_tells_what_holds_everybody_back(
    record: "Record", berceau: Callable[..., Any]
) -> None:
    """A queue of calls, the ringing, a whole authority; a token that has ended is no good one."""
    authority = record.one("SELECT id FROM authorities")
    for name in ("queue:verify.bulk", "queue:price.now", "ringing", f"authority:{authority}"):
        pause(record.engine, name, until=None, reason="essai", by="test")
    with record.owner.begin() as connection:
        connection.execute(text("UPDATE habilitations SET token_expires_at = '2026-01-31'"))
    told = json.loads(berceau("provider", "status", "--json").stdout)
    said = berceau("provider", "status").stdout

    assert ["ringing", "queue:verify.bulk"] == told["switched_off"]
    assert told["rights"][0]["paused"] is True
    assert "« queue:verify.bulk » : suspendu par une personne" in said
    assert "FINI depuis le 31/01/2026" in said


@pytest.mark.parametrize(("heeded", "closed"), [(True, {"eaje", "qf"}), (False, set())])
def test_the_status_heeds_the_calendar_as_verifiers_do(
    env: dict[str, str], *, heeded: bool, closed: set[str]
) -> None:
    """In the MSA's window two endpoints are closed; in none where the operator ignores it."""
    names = ("database_url", "redis_url", "key_ring_file")
    given = {name: env[f"BERCEAU_{name.upper()}"] for name in names}
    settings = Settings.model_validate({**given, "maintenance": heeded})
    in_the_window = datetime(2026, 11, 24, 2, 10, tzinfo=UTC)  # 03:10 in Paris
    standing = read_standing(settings, in_the_window)

    assert closed == {one.name for one in standing.endpoints if one.maintenance_until}
    assert ("en maintenance jusqu'au 24/11/2026 à 02:30 UTC" in standing.as_text()) is heeded
