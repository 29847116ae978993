"""`berceau tariff check`: a scale's files, read as they are in use, or refused with a remedy."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

from services.command.tariff.commands import app

_SCALE = Path(__file__).parents[3] / "services" / "tariff" / "scales" / "psu"
_LAST = max(_SCALE.glob("*.yaml"))


def _check(*files: Path) -> tuple[int, str]:
    result = CliRunner().invoke(app, ["check", *map(str, files)])
    return result.exit_code, result.output


def test_the_shipped_scale_passes() -> None:
    """A line for each period, in order of time, whatever the order of the files."""
    files = sorted(_SCALE.glob("*.yaml"), reverse=True)
    code, said = _check(*files)

    assert 0 == code
    assert sorted(f"psu {file.stem}" for file in files) == [
        line.partition(" :")[0] for line in said.splitlines()
    ]


@pytest.mark.parametrize(
    ("name", "was", "now", "refusal"),
    [
        (_LAST.name, "mode: half-up", "mode: to-the-moon", f"{_LAST.name}, ligne 16"),
        ("2026-02-01.yaml", "", "", f"doit s'appeler {_LAST.name}"),
    ],
)
def test_a_bad_file_is_refused(tmp_path: Path, name: str, was: str, now: str, refusal: str) -> None:
    """With its name, its line, and what to write."""
    file = tmp_path / name
    file.write_text(_LAST.read_text("utf-8").replace(was, now), "utf-8")
    code, said = _check(file)

    assert 1 == code
    assert refusal in said


def test_what_is_no_text_is_refused(tmp_path: Path) -> None:
    """Another encoding is said as such."""
    file = tmp_path / "2026-01-01.yaml"
    file.write_bytes("barème".encode("latin-1"))

    assert (1, f"{file.name} : ce fichier n'est pas lisible en UTF-8.\n") == _check(file)


def test_periods_that_overlap_are_refused(tmp_path: Path) -> None:
    """A period that has an end keeps it: the next one begins on the day after."""
    later = tmp_path / "2027-01-01.yaml"
    ended = tmp_path / _LAST.name
    text = _LAST.read_text("utf-8")
    ended.write_text(text.replace("valid_to: null", "valid_to: 2027-06-30"), "utf-8")
    later.write_text(
        text.replace('version: "2026-01-01"', 'version: "2027-01-01"').replace(
            "valid_from: 2026-01-01", "valid_from: 2027-01-01"
        ),
        "utf-8",
    )
    code, said = _check(ended, later)

    assert 1 == code
    assert "« valid_to » doit être 2026-12-31" in said


def _written(folder: Path, name: str, **changes: str) -> Path:
    """The last national period, with some of its words changed."""
    text = _LAST.read_text("utf-8")
    for word, value in changes.items():
        line = next(one for one in text.splitlines() if one.startswith(f"{word}:"))
        text = text.replace(line, f"{word}: {value}")
    file = folder / name
    file.write_text(text, "utf-8")
    return file


def test_a_period_without_end_ends_where_the_next_begins(tmp_path: Path) -> None:
    """Nothing has to be edited, and the line says the last day."""
    later = _written(tmp_path, "2027-01-01.yaml", version='"2027-01-01"', valid_from="2027-01-01")
    code, said = _check(_LAST, later)

    assert 0 == code
    assert "psu 2026-01-01 : du 01/01/2026 au 31/12/2026" in said
    assert "psu 2027-01-01 : du 01/01/2027 sans fin connue" in said


def test_a_correction_is_told_with_what_it_replaces(tmp_path: Path) -> None:
    """Both can be read; one is in force."""
    corrected = _written(tmp_path, "2026-01-01.1.yaml", version='"2026-01-01.1"')
    code, said = _check(_LAST, corrected)

    assert 0 == code
    assert "psu 2026-01-01.1 : du 01/01/2026 sans fin connue" in said
    assert "psu 2026-01-01 : remplacée" in said


def test_several_scales_are_checked_apart(tmp_path: Path) -> None:
    """Two ids are two scales, whatever the order of their files."""
    own = _written(tmp_path, "vincennes.yaml", id="psu-vincennes")
    code, said = _check(own, _LAST)

    assert 0 == code
    assert ["psu 2026-01-01", "psu-vincennes 2026-01-01"] == [
        line.partition(" :")[0] for line in said.splitlines()
    ]


def test_every_file_is_told_of_at_once(tmp_path: Path) -> None:
    """Whoever mends files sees all that is wrong."""
    first = _written(tmp_path, "first.yaml", method="psi")
    second = _written(tmp_path, "second.yaml", title='"À REMPLIR : le titre"')
    code, said = _check(first, second)

    assert 1 == code
    assert "first.yaml, ligne 13, method : écrivez une méthode" in said
    assert "second.yaml, ligne 5, title : à remplir : le titre." in said


@pytest.mark.parametrize(("option", "code"), [([], 0), (["--strict"], 1)])
def test_what_should_have_been_read_again_is_told(
    tmp_path: Path, option: list[str], code: int
) -> None:
    """A value that nobody reads again goes stale in silence; `--strict` refuses it."""
    old = _written(tmp_path, "old.yaml", review_by="2026-02-01")
    result = CliRunner().invoke(app, ["check", str(old), *option])

    assert code == result.exit_code
    assert "old.yaml, review_by : ce barème devait être relu avant le 01/02/2026" in result.stderr
