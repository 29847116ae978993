"""`berceau tariff check`: a scale's files, read as they are in use, or refused with a remedy."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

from services.command.tariff import app

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
