"""`berceau tariff init`: templates that load as they are, and pass once they are filled in."""

import re
from datetime import date
from pathlib import Path

import pytest
from typer.testing import CliRunner

from services.command.tariff.commands import app
from services.command.tariff.starting import template
from services.tariff.language.reading import read_tariff
from services.tariff.language.words import Method


def _run(*words: str) -> tuple[int, str]:
    result = CliRunner(env={"COLUMNS": "300"}).invoke(app, list(words))
    return result.exit_code, result.output


def _raw(method: Method) -> str:
    return template(method, tariff_id="essai", authority="arles", first_day=None)


def _filled(text: str) -> str:
    return text.replace("À REMPLIR : ", "Vu : ")


@pytest.mark.parametrize("method", Method)
def test_a_raw_template_loads(method: Method) -> None:
    """Whoever begins by a mistake is told of that one only."""
    tariff = read_tariff(_raw(method), file="modèle")

    assert (method, "essai", "arles") == (tariff.method, tariff.id, tariff.authority)


@pytest.mark.parametrize("method", Method)
def test_a_raw_template_is_not_finished(method: Method, tmp_path: Path) -> None:
    """Each value that nobody wrote is named, with its line."""
    file = tmp_path / "2027-01-01.yaml"
    file.write_text(_raw(method), "utf-8")
    code, said = _run("check", str(file))

    assert 1 == code
    assert _raw(method).count("À REMPLIR :") == said.count(" : à remplir : ")
    title = 1 + _raw(method)[: _raw(method).index("title:")].count("\n")
    assert f"2027-01-01.yaml, ligne {title}, title : à remplir : le nom du barème" in said


@pytest.mark.parametrize("method", Method)
def test_a_template_that_is_filled_in_passes(method: Method, tmp_path: Path) -> None:
    """As it is told to be checked."""
    file = tmp_path / "2027-01-01.yaml"
    file.write_text(_filled(_raw(method)), "utf-8")
    code, said = _run("check", str(file))

    assert 0 == code, said
    assert said.startswith("essai 2027-01-01 : du 01/01/2027 sans fin connue")


@pytest.mark.parametrize("method", Method)
def test_what_a_template_offers_in_comments_is_right(method: Method) -> None:
    """Every modifier, policy and choice of its comments loads too."""
    text = re.sub(
        r"^# (modifiers|price|policies|local_ceiling|surcharge|  )",
        r"\1",
        _raw(method),
        flags=re.MULTILINE,
    ).replace("…", "vu quelque part")
    tariff = read_tariff(text, file="modèle")

    if method not in {Method.PSU, Method.AWARD}:
        assert 6 == len(tariff.content["modifiers"])
    if method is Method.PSU:
        assert {"local_ceiling", "surcharge"} <= set(tariff.content)


@pytest.mark.parametrize("method", Method)
def test_a_template_is_written_for_its_first_day(method: Method) -> None:
    """Version, period and review follow, and comments stay in their column."""
    text = template(method, tariff_id="cantine", authority="arles", first_day=date(2026, 9, 15))
    tariff = read_tariff(text, file="modèle")

    assert ("2026-09-15", date(2026, 9, 15), date(2027, 9, 1)) == (
        tariff.version,
        tariff.valid_from,
        tariff.review_by,
    )
    assert "2027-01-01" not in text
    assert {34} == {line.index(" # ") + 1 for line in text.splitlines()[5:12] if " # " in line}


def test_a_file_that_exists_is_left_alone(tmp_path: Path) -> None:
    """Somebody's work is never overwritten."""
    file = tmp_path / "2027-01-01.yaml"
    first = _run("init", "flat", "--out", str(file))
    again = _run("init", "bands", "--out", str(file))

    assert (0, 2) == (first[0], again[0])
    assert "existe déjà" in again[1]
    assert "method: flat" in file.read_text("utf-8")


def test_a_code_that_no_tariff_can_have_is_refused() -> None:
    """Before anybody fills the template in."""
    code, said = _run("init", "flat", "--id", "Ma Cantine")

    assert 2 == code
    assert "id :" in said


def test_without_a_file_a_template_goes_to_stdout() -> None:
    """To be read, or kept by whoever wants it."""
    code, said = _run("init", "linear", "--id", "repas")

    assert 0 == code
    assert "repas" == read_tariff(said, file="modèle").id
