"""Official payload files, answered by the exact-match rule of the staging server."""

from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
import yaml

from services.simulator.api.config import Token
from services.simulator.api.particulier.endpoints import EAJE, ENDPOINTS, Endpoint, Mode

OPERATION = EAJE.operation(Mode.CIVIL_STATUS)
OFFICIAL = Path(__file__).parents[4] / "shared/data/api-particulier/payloads"
FRENCH = {
    "codeCogInseeCommuneNaissance": "13055",
    "codeCogInseePaysNaissance": "99100",
    "sexeEtatCivil": "F",
    "nomNaissance": "Marchetti-Lô",
    "prenoms": ["Aminata", "Rose"],
    "anneeDateNaissance": 1992,
    "moisDateNaissance": 7,
    "jourDateNaissance": 9,
}
ABROAD = {
    "codeCogInseePaysNaissance": "99350",
    "sexeEtatCivil": "M",
    "nomNaissance": "Orbagard",
    "prenoms": ["Karim"],
    "jourDateNaissance": 0,
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder of invented payload files."""
    inner = tmp_path / OPERATION
    inner.mkdir()
    contents = {
        "200-nominal.yaml": {"params": FRENCH, "status": 200, "payload": '{"data": "french"}'},
        "200-etranger.yml": {"params": ABROAD, "status": 200, "payload": '{"data": "abroad"}'},
        "404.yaml": {"params": {"nomNaissance": "X"}, "status": 404, "payload": '{"errors": []}'},
    }
    for name, content in contents.items():
        (inner / name).write_text(yaml.safe_dump(content, allow_unicode=True), encoding="utf-8")
    return tmp_path


def pairs(params: dict[str, Any], **changes: Any) -> list[tuple[str, str]]:
    """The query of a payload file's parameters."""
    told = {"recipient": "13002526500013", **params, **changes}
    names = told.pop("prenoms", None) or ()
    single = [(name, str(value)) for name, value in told.items() if value]
    return [*single, *(("prenoms[]", name) for name in names)]


@pytest.mark.parametrize(
    ("params", "changes", "told"),
    [
        (FRENCH, {}, "french"),
        (FRENCH, {"nomNaissance": "MARCHETTI-LÔ", "prenoms": ["AMINATA", "rose"]}, "french"),
        (FRENCH, {"jourDateNaissance": "09"}, "french"),
        (FRENCH, {"recipient": "35600000000049"}, "french"),
        (FRENCH, {"nomNaissance": "MARCHETTI-LO"}, None),
        (FRENCH, {"prenoms": ["Rose", "Aminata"]}, None),
        (FRENCH, {"prenoms": ["Aminata"]}, None),
        (FRENCH, {"jourDateNaissance": None}, None),
        (FRENCH, {"nomUsage": "Lô"}, None),
        (ABROAD, {}, "abroad"),
        (ABROAD, {"codeCogInseeCommuneNaissance": "13055"}, "abroad"),
        (ABROAD, {"codeCogInseePaysNaissance": "99351"}, None),
    ],
)
async def test_exact_match(
    calling: Callable[..., Any],
    folder: Path,
    params: dict[str, Any],
    changes: dict[str, Any],
    told: str | None,
) -> None:
    """Case, leading zeros, the recipient and a commune abroad do not count; all the rest does."""
    response = await calling(payloads=folder).ask(pairs(params, **changes))

    assert (404 if told is None else 200) == response.status_code
    assert told == response.json().get("data")


async def test_validators_and_tokens_are_real(calling: Callable[..., Any], folder: Path) -> None:
    """Only the provider is replaced by files: a bad name and a bad token are still refused."""
    caller = calling(payloads=folder)

    assert 422 == (await caller.ask(pairs(FRENCH, nomNaissance="X1"))).status_code
    assert 401 == (await caller.ask(pairs(FRENCH), token="other")).status_code


async def test_scopes_mask_nothing(calling: Callable[..., Any], folder: Path) -> None:
    """A file is given whole to a token with any one scope."""
    one = Token(scopes=frozenset({"cnav_participation_familiale_eaje_adresse"}))

    response = await calling(payloads=folder, tokens={"good": one}).ask(pairs(FRENCH))

    assert {"data": "french"} == response.json()


def test_an_empty_folder_is_refused(calling: Callable[..., Any], tmp_path: Path) -> None:
    """A folder without payload files stops the start, by name."""
    with pytest.raises(FileNotFoundError, match="no payload file"):
        calling(payloads=tmp_path)


@pytest.mark.parametrize("endpoint", ENDPOINTS, ids=lambda each: each.name)
@pytest.mark.parametrize("mode", Mode)
async def test_official_files_answer_as_written(
    calling: Callable[..., Any], endpoint: Endpoint, mode: Mode
) -> None:
    """Where the official payloads are at hand, each is found by its own parameters."""
    files = [*(OFFICIAL / endpoint.operation(mode)).glob("*.y*ml")]
    if not files:
        pytest.skip("the official payloads are not at hand")
    read = {path.name: yaml.safe_load(path.read_text(encoding="utf-8")) for path in files}
    named = {name: each for name, each in read.items() if "prenoms" in each["params"]}
    tokens = {f"token-{name}": claims(each["params"]) for name, each in named.items()}
    caller = calling(payloads=OFFICIAL, fc_tokens=tokens)

    for name, each in named.items():
        query, token = pairs(each["params"]), "good"
        if mode is Mode.FRANCE_CONNECT:
            query, token = pairs({}), f"token-{name}"
        path = f"/v3/dss/{endpoint.resource}/{mode}"
        response = await caller.ask(query, token=token, path=path)
        assert (each["status"], each["payload"]) == (response.status_code, response.text), name


@pytest.mark.parametrize(
    ("token", "path", "status"),
    [
        ("cnaf_qfv2", "/v3/dss/quotient_familial/france_connect", 200),
        ("all_fc", "/v3/dss/quotient_familial/france_connect", 200),
        ("cnaf_eaje", "/v3/dss/participation_familiale_eaje/france_connect", 404),
        ("cnaf_qfv3", "/v3/dss/quotient_familial/france_connect", 401),
    ],
)
async def test_official_tokens(
    calling: Callable[..., Any], token: str, path: str, status: int
) -> None:
    """Those of the folder open what is written for their identity."""
    if not (OFFICIAL / "france_connect").is_dir():
        pytest.skip("the official payloads are not at hand")

    response = await calling(payloads=OFFICIAL).ask(pairs({}), token=token, path=path)

    assert status == response.status_code


def claims(params: dict[str, Any]) -> dict[str, str]:
    """The pivot identity that leads to a file's parameters."""
    parts = [int(params.get(f"{part}DateNaissance", 0)) for part in ("annee", "mois", "jour")]
    return {
        "scope": "openid identite_pivot",
        "family_name": params["nomNaissance"],
        "given_name": " ".join(params["prenoms"]),
        "gender": "male" if params["sexeEtatCivil"] == "M" else "female",
        "birthdate": "{:04d}-{:02d}-{:02d}".format(*parts),
        "birthplace": params.get("codeCogInseeCommuneNaissance", ""),
        "birthcountry": params["codeCogInseePaysNaissance"],
    }


def test_the_query_of_a_file_is_readable() -> None:
    """Brackets are written once a first name, as the contract asks."""
    assert 2 == urlencode(pairs(FRENCH)).count("prenoms%5B%5D=")
