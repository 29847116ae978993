"""`berceau provider try` against payload files, served by a simulator in a process of its own.

Ours are invented and always there; the published ones are read where they stand beside the checkout
(`BERCEAU_OFFICIAL_PAYLOADS`, or `../shared`). Both are asked for by their own parameters, and both
are answered by the exact-match rule of the State's staging: one parameter more, less or otherwise
written is a 404.
"""

import json
import os
import shutil
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from time import monotonic, sleep
from typing import Any

import httpx
import pytest
import yaml
from typer.testing import CliRunner

from services.command.__main__ import app

pytestmark = pytest.mark.stack

_ROOT = Path(__file__).parents[3]
_PUBLISHED = Path(
    os.environ.get("BERCEAU_OFFICIAL_PAYLOADS")
    or _ROOT.parent / "shared" / "data" / "api-particulier" / "payloads"
)
_FOLDERS = {
    "eaje": "api_particulier_v3_cnav_participation_familiale_eaje_with_civility",
    "qf": "api_particulier_v3_cnav_quotient_familial_with_civility",
}
_TOKEN = "jeton-d-essai"
_AT = "2026-11-23T10:00"  # the published periods are at most 23 months old then
_FIELDS = {
    "nomNaissance": "nom_naissance",
    "nomUsage": "nom_usage",
    "prenoms": "prenoms",
    "sexeEtatCivil": "sexe",
    "codeCogInseePaysNaissance": "code_cog_insee_pays_naissance",
    "codeCogInseeCommuneNaissance": "code_cog_insee_commune_naissance",
    "annee": "annee",
    "mois": "mois",
}
_BIRTH = {f"{part}DateNaissance": part for part in ("annee", "mois", "jour")}
_MEANINGS = {
    200: {"certified", "inconsistent"},
    404: {"no_file"},
    422: {"not_identified", "input_refused"},
    429: {"busy"},
    502: {"unavailable"},
    504: {"unavailable"},
}
_REFUSED = {404: "35003", 422: "35560", 429: "00429", 502: "35000", 504: "35002"}
_PLACE = {"codeCogInseePaysNaissance": "99100", "codeCogInseeCommuneNaissance": "13055"}
_LESS: Mapping[str, Mapping[str, Any]] = {
    "year_only": {"prenoms": ["Ada"], "sexeEtatCivil": "F", "anneeDateNaissance": 1982, **_PLACE},
    "no_day": {"prenoms": ["Ada"], "anneeDateNaissance": 1982, "moisDateNaissance": 4, **_PLACE},
    "no_first_name": {"sexeEtatCivil": "F", "anneeDateNaissance": 1982, **_PLACE},
    "no_sex_no_birth": {"prenoms": ["Ada", "Bé"], **_PLACE},
    "abroad": {"prenoms": ["ada", "bé", "cy"], "codeCogInseePaysNaissance": "99350"},
}
Tell = Callable[[str, Mapping[str, Any]], dict[str, Any]]


@contextmanager
def _simulator(payloads: Path, log: Path) -> Iterator[str]:
    """The address of a simulator of these payload files; whatever it says is a failure."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    words = ["--port", str(port), "--payloads", str(payloads), "--at", _AT, "--staging"]
    freely = ["--rate-limit", "0", "--address-limit", "0", "--no-windows"]
    with log.open("w") as said:
        process = subprocess.Popen(
            [sys.executable, "-m", "services.simulator", *words, *freely],
            env={**os.environ, "BERCEAU_SIMULATOR_TOKEN": _TOKEN},
            stdout=said,
            stderr=said,
        )
    try:
        _wait_for(f"http://127.0.0.1:{port}/api/ping", process)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(10)
    assert "" == log.read_text()


def _wait_for(url: str, process: "subprocess.Popen[bytes]") -> None:
    end = monotonic() + 20
    while monotonic() < end:
        assert process.poll() is None, "the simulator has ended"
        try:
            httpx.get(url, trust_env=False)
        except httpx.TransportError:
            sleep(0.05)
        else:
            return
    pytest.fail("the simulator does not answer")


def _tell(base_url: str, folder: Path) -> Tell:
    """Tries the person of some parameters, as a file of identity; the JSON that is printed."""
    token, identity = folder / "token", folder / "identity.json"
    token.write_text(_TOKEN, "utf-8")

    def tell(endpoint: str, params: Mapping[str, Any]) -> dict[str, Any]:
        identity.write_text(json.dumps(_identity(params)), "utf-8")
        words = ["--endpoint", endpoint, "--identity", str(identity), "--json"]
        ended = CliRunner(env={"BERCEAU_DATABASE_URL": None}).invoke(
            app, ["provider", "try", *words, "--base-url", base_url, "--token-file", str(token)]
        )
        assert (0, "") == (ended.exit_code, ended.stderr), ended.output
        told: dict[str, Any] = json.loads(ended.stdout)
        return told

    return tell


def _identity(params: Mapping[str, Any]) -> dict[str, Any]:
    """The parameters of a payload file, as a person writes them in a file of identity."""
    unknown = set(params) - set(_FIELDS) - set(_BIRTH)
    assert not unknown, f"a parameter that no identity holds: {unknown}"
    told = {_FIELDS[name]: value for name, value in params.items() if name in _FIELDS}
    birth = {_BIRTH[name]: value for name, value in params.items() if name in _BIRTH}
    return {**told, "date_naissance": birth} if birth else told


def _files(root: Path) -> Iterator[tuple[str, Path, dict[str, Any]]]:
    for endpoint, folder in _FOLDERS.items():
        for path in sorted((root / folder).glob("*.y*ml")):
            yield endpoint, path, yaml.safe_load(path.read_text("utf-8"))


@pytest.fixture(scope="module")
def ours(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Invented files: those of the cases, incomplete people, and one for each kind of refusal."""
    root = tmp_path_factory.mktemp("payloads")
    for endpoint, folder in _FOLDERS.items():
        (root / folder).mkdir()
        shutil.copy(_ROOT / "tests" / "cases" / f"{endpoint}_payload.yaml", root / folder)
        for name, params in _LESS.items():
            whole = {"nomNaissance": "D'Orbagard-Lô", **params}
            _write(root / folder / f"{name}.yaml", whole, 200, '{"data": {"enfants": []}}')
        for letter, (status, code) in zip("abcde", _REFUSED.items(), strict=True):
            params = {"nomNaissance": "Refus", "prenoms": [letter], **_PLACE}
            body = json.dumps({"errors": [{"code": code, "title": "", "detail": "", "meta": {}}]})
            _write(root / folder / f"{status}.yaml", params, status, body)
    return root


def _write(path: Path, params: Mapping[str, Any], status: int, payload: str) -> None:
    content = {"params": dict(params), "status": status, "payload": payload}
    path.write_text(yaml.safe_dump(content, allow_unicode=True), "utf-8")


@pytest.fixture(scope="module", params=["ours", "published"])
def root(request: pytest.FixtureRequest, ours: Path) -> Path:
    """A folder of payload files."""
    if request.param == "published" and not _PUBLISHED.is_dir():
        pytest.skip("the published payloads are not beside the checkout")
    return ours if request.param == "ours" else _PUBLISHED


@pytest.fixture(scope="module")
def tell(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Tell]:
    """Tries somebody against a simulator of these files."""
    folder = tmp_path_factory.mktemp("trial")
    with _simulator(root, folder / "log") as base_url:
        yield _tell(base_url, folder)


def test_every_file_is_met_by_its_own_person(root: Path, tell: Tell) -> None:
    """Each person gets that very file: its status, its meaning, and its facts as they stand."""
    files = list(_files(root))
    assert len(files) > len(_MEANINGS)
    for endpoint, path, file in files:
        told = tell(endpoint, file["params"])
        data = json.loads(file["payload"]).get("data", {})
        shown = {name: data[name] for name in told["facts"]}

        assert file["status"] == told["http_status"], path
        assert told["outcome"] in _MEANINGS[file["status"]], path
        assert shown == told["facts"], path
        assert bool(data) == bool(told["facts"]), path


def test_one_letter_more_is_somebody_else(root: Path, tell: Tell) -> None:
    """The files answer nobody but their own people, so that to meet one proves what was sent."""
    for endpoint, path, file in _files(root):
        if file["status"] == 200:
            params = {**file["params"], "nomNaissance": f"{file['params']['nomNaissance']}x"}

            assert "no_file" == tell(endpoint, params)["outcome"], path


@pytest.mark.skipif(not _PUBLISHED.is_dir(), reason="the published payloads are not there")
@pytest.mark.parametrize("root", ["published"], indirect=True)
@pytest.mark.parametrize(
    ("endpoint", "name", "figure", "outcome"),
    [
        ("eaje", "parametres_calcul_participation_familiale", 40923, "inconsistent"),
        ("qf", "quotient_familial", 2550, "certified"),
    ],
)
def test_the_nominal_figures_of_the_state(
    tell: Tell, endpoint: str, name: str, figure: int, outcome: str
) -> None:
    """The person whom the State's own documentation takes; the EAJE file tells of another."""
    params = {
        "nomNaissance": "Lefebvre",
        "prenoms": ["Alexis", "Gérôme", "Jean-Philippe"],
        "anneeDateNaissance": 1982,
        "moisDateNaissance": 12,
        "jourDateNaissance": 27,
        "sexeEtatCivil": "f",
        "codeCogInseePaysNaissance": "99100",
        "codeCogInseeCommuneNaissance": "08480",
    }
    told = tell(endpoint, params)
    facts = told["facts"][name]

    assert figure == facts.get("base_ressources_annuelles", facts)["valeur"]
    assert outcome == told["outcome"]
