"""What typer says of a wrong call, said again in French: nothing English is left."""

import re
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from services.command.__main__ import app
from services.command.french import in_french

_ENGLISH = re.compile(
    r"\b(the|and|of|with|show|message|exit|default|required|missing|invalid|value|input|should|"
    r"such|option:|try|error|got|unexpected|does|not|commands?|did|you|mean|is)\b",
    re.IGNORECASE,
)
_NO_BREAK = "\u00a0"


def _said(*words: str) -> tuple[int, str]:
    ended = CliRunner(env={"COLUMNS": "300"}).invoke(app, words)
    return ended.exit_code, ended.output.replace(_NO_BREAK, " ")


@pytest.mark.parametrize(
    ("call", "said"),
    [
        ("tarif", "Il n'y a pas de commande « tarif ». Peut-être tariff ?"),
        ("tariff dance", "Il n'y a pas de commande « dance »."),
        ("status --nothing", "Il n'y a pas d'option « --nothing »."),
        ("demo --application 3", "Il n'y a pas d'option « --application »."),
        ("status extra", "De trop : extra."),
        ("doctor --json=3", "L'option « --json » ne prend pas de valeur."),
        ("demo --applications", "Il manque la valeur de « --applications »."),
        ("demo --applications many", "--applications : un nombre entier est attendu."),
        ("demo --applications 0", "--applications : au moins 1."),
        ("demo --applications 20001", "--applications : au plus 20000."),
        ("structure export --format xml", "« xml » n'en est pas : choisissez yaml ou csv."),
        ("keys new", "Il manque « file »."),
        ("portal key", "Il manque une commande."),
        ("habilitation create loire", "Il manque l'option « --authority »."),
        ("tariff check /none.yaml", "le fichier « /none.yaml » n'existe pas."),
    ],
)
def test_a_wrong_call_is_told_in_french(call: str, said: str) -> None:
    """What is wrong, with what was typed; exit code 2."""
    code, printed = _said(*call.split())

    assert 2 == code
    assert said in printed
    assert [] == _ENGLISH.findall(printed.replace(call.rsplit(maxsplit=1)[-1], ""))


@pytest.mark.parametrize("call", ["", "-h", "portal", "portal key mint -h", "structure export -h"])
def test_the_edges_of_a_help_page_are_french(call: str) -> None:
    """Titles, what must be given, defaults, the option of help."""
    _, printed = _said(*call.split())
    words = re.sub(r"(?m)^.*Usage: berceau.*$|<[^>]+>|--[a-z]+", "", printed)

    assert "Montre cette aide." in printed
    assert [] == re.findall(r"(?i)show this|\[required|\[default|─ commands ─|COMMAND \[", words)


def test_a_form_that_is_unknown_is_shown_as_it_came() -> None:
    """Nothing is hidden because typer says it otherwise one day."""
    assert "Something else went wrong." == in_french("Something else went wrong.")


def test_the_command_itself_says_where_help_is() -> None:
    """As a person calls it: on stderr, usage first, help last."""
    argv = [str(Path(sys.executable).with_name("berceau")), "portal", "key", "mint"]
    ended = subprocess.run(argv, capture_output=True, text=True, check=False)

    assert (2, "") == (ended.returncode, ended.stdout)
    assert [
        "Usage : berceau portal key mint [OPTIONS] {portal}",
        "Il manque « portal ».",
        "Aide : berceau portal key mint --help",
    ] == ended.stderr.replace(_NO_BREAK, " ").splitlines()
