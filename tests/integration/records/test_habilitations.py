"""Habilitations as DataPass asks for them: recorded, checked, asked for, as the how-to has it."""

import base64
import json
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx
import pytest
import yaml
from sqlalchemy import text

from services.command.demo import town as demo
from tests.integration.following import Follow

if TYPE_CHECKING:
    from tests.integration.records.conftest import Town

pytestmark = pytest.mark.stack

_PAGE = Path(__file__).parents[3] / "docs" / "how-to" / "ask-for-an-habilitation.md"
_CODE = "berceau-sur-loire"
_CHANGE = ("habilitation", "change", _CODE)
_CHECK = ("habilitation", "check", _CODE)
_RECORDS = """\
authorities:
- {code: berceau-sur-loire, name: Berceau-sur-Loire, kind: commune, siret: 21130000900019}
habilitations:
- {code: berceau-sur-loire, authority: berceau-sur-loire, recipient: 21130000900019}
schemes:
- {code: creches, authority: berceau-sur-loire, habilitation: berceau-sur-loire, name: Crèches}
"""
_EAJE = "cnav_participation_familiale_eaje"
_SCOPES = [f"{_EAJE}_{one}" for one in ("allocataires", "enfants", "adresse", "parametres_calcul")]
_IN_2099 = datetime(2099, 5, 31, tzinfo=UTC)
_READY_WITHIN_S = 30


def _token(*scopes: str, ends: datetime = _IN_2099) -> str:
    """A token as the State's look, which the simulator takes at its word."""
    claims = {"jti": "00000000-0000", "scopes": list(scopes), "exp": int(ends.timestamp())}
    parts = ({"alg": "HS256", "typ": "JWT"}, claims)
    encoded = [base64.urlsafe_b64encode(json.dumps(part).encode()).decode() for part in parts]
    return ".".join([*(part.rstrip("=") for part in encoded), "s" * 43])


@pytest.fixture
def simulator() -> Iterator[str]:
    """A simulator that takes every token at its word; its address."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    words = ["-m", "services.simulator", "--port", str(port), "--population", "1", "--any-jwt"]
    with subprocess.Popen([sys.executable, *words], stderr=subprocess.DEVNULL) as process:
        try:
            _wait_for(f"http://127.0.0.1:{port}/api/ping")
            yield f"http://127.0.0.1:{port}"
        finally:
            process.terminate()


def _wait_for(url: str) -> None:
    deadline = time.monotonic() + _READY_WITHIN_S
    while time.monotonic() < deadline:
        try:
            if httpx.get(url, trust_env=False).status_code == httpx.codes.OK:
                return
        except httpx.TransportError:
            time.sleep(0.1)
    pytest.fail("the simulator did not answer")


@pytest.fixture
def whole(town: "Town") -> "Town":
    """A town whose habilitation lacks nothing but a token."""
    town.berceau("records", "import", town.file("records.yaml", _RECORDS))
    dossier = demo.plan(token="t", key_hash=b"k", pace=18).access.dossier
    page = yaml.safe_dump(dict(dossier), allow_unicode=True)
    town.berceau(*_CHANGE, "--dossier-file", town.file("dossier.yaml", page))
    return town


def _give(town: "Town", token: str, *words: str) -> None:
    town.berceau(*_CHANGE, "--token-file", "-", *words, typed=token)


def _found(town: "Town", *words: str, code: int = 1) -> list[dict[str, Any]]:
    told = town.berceau(*_CHECK, *words, "--json", code=code).stdout
    found: list[dict[str, Any]] = json.loads(told)
    return found


def test_the_page_runs(
    follow: Follow,
    town: "Town",
    desk: Callable[[], dict[str, str]],
    simulator: str,
    tmp_path: Path,
) -> None:
    """From a dossier that lacks two things to a token whose perimeters are all accounted for."""
    town.berceau("records", "import", town.file("records.yaml", _RECORDS))
    token = _token(*_SCOPES)
    env = desk() | {"BERCEAU_PROVIDER_URL": simulator, "TOKEN": token}

    follow(_PAGE, env=env, cwd=tmp_path)

    written = (tmp_path / "request" / f"{_CODE}.md").read_text("utf-8")
    assert "Ada Lô, maire, maire@berceau.example" in written
    changes = "".join(town.column("SELECT change FROM changes"))
    assert '"dossier.deliberation.data"' in changes
    assert not [word for word in (token, "example", "Ada", "04 00") if word in changes]


def test_a_right_that_lacks_nothing_ends_with_0(whole: "Town", simulator: str) -> None:
    """Asked of the State too; until it has a token, it stops."""
    whole.env["BERCEAU_PROVIDER_URL"] = simulator
    assert ["stops"] == [one["gravity"] for one in _found(whole)]

    _give(whole, _token(*_SCOPES))

    assert "rien à faire" in whole.berceau(*_CHECK).stdout
    assert [] == _found(whole, "--online", code=0)


def test_the_state_says_what_a_token_opens(whole: "Town", simulator: str) -> None:
    """A perimeter that is missing, a token that it does not take, a State that is not there."""
    whole.env["BERCEAU_PROVIDER_URL"] = simulator
    _give(whole, _token(*_SCOPES[:3]))
    [missing] = _found(whole, "--online")
    assert ("stops", True) == (missing["gravity"], _SCOPES[3] in missing["what"])

    _give(whole, "jeton-inconnu", "--token-expires-at", "2099-01-01")
    [refused] = _found(whole, "--online")
    assert "refuse le jeton (401)" in refused["what"]

    whole.env["BERCEAU_PROVIDER_URL"] = "http://127.0.0.1:9"
    [silent] = _found(whole, "--online")
    assert ("missing", None) == (silent["gravity"], silent["field"])
    assert [] == _found(whole, code=0)


def test_the_end_of_a_token_is_its_own(whole: "Town") -> None:
    """What it says of itself, rather than a date left behind by the one before."""
    soon = datetime.now(UTC) + timedelta(days=20, hours=1)
    _give(whole, _token(*_SCOPES, ends=soon), "--token-expires-at", "2099-01-01")

    [ending] = _found(whole)
    assert ("soon", 20, 30) == (ending["gravity"], ending["days_left"], ending["warned_at"])


def test_a_token_that_does_not_open_is_told(whole: "Town") -> None:
    """The ring of another installation shuts it."""
    with whole.engine.begin() as connection:
        connection.execute(text("UPDATE habilitations SET sealed_token = 'autre'"))

    assert "ne s'ouvre pas" in _found(whole)[0]["what"]


def test_what_does_not_exist_or_cannot_be_written_is_told(whole: "Town") -> None:
    """With the exit codes of the other commands."""
    for verb in ("check", "dossier"):
        assert " list »" in whole.berceau("habilitation", verb, "no", code=1).stderr
    words = ("habilitation", "dossier", _CODE, "--output", str(whole.folder / "records.yaml"))
    assert "ne peut pas être écrit" in whole.berceau(*words, code=2).stderr


def test_a_dossier_file_is_read_line_by_line(whole: "Town") -> None:
    """What is wrong in it is told where it stands, and nothing is changed."""
    before = whole.one("SELECT count(*) FROM changes")
    page = whole.file("wrong.yaml", "title: A\nvolume: {per_day: 0}\ncontacts:\n  dpo: {age: 1}\n")
    told = whole.berceau(*_CHANGE, "--dossier-file", page, code=2).stderr

    assert "wrong.yaml, ligne 2 : volume.per_day : hors des bornes" in told
    assert "wrong.yaml, ligne 4 : contacts.dpo.age : mot inconnu" in told
    for wrong in ("- a\n", "a: [", "seulement du texte\n"):
        whole.berceau(*_CHANGE, "--dossier-file", whole.file("f.yaml", wrong), code=2)
    whole.berceau(*_CHANGE, "--dossier-file", str(whole.folder / "none.yaml"), code=2)
    assert before == whole.one("SELECT count(*) FROM changes")


def test_a_dossier_is_shown_and_changed_with_the_rest(whole: "Town") -> None:
    """Its fields under their whole names; a change of the pace leaves it as it is."""
    shown = whole.berceau("habilitation", "show", _CODE).stdout
    assert "dossier.deliberation.number : 2026-001" in shown
    stands = whole.one("SELECT dossier::text FROM habilitations")

    whole.berceau(*_CHANGE, "--pace", "3", "--endpoint", "eaje", "--endpoint", "qf")

    assert stands == whole.one("SELECT dossier::text FROM habilitations")
    assert ["eaje", "qf"] == whole.one("SELECT endpoints FROM habilitations")
