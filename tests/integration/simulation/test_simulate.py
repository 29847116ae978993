"""`berceau tariff simulate` on a real record: what each family pays, and would pay."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from typer.testing import CliRunner

from services.command.tariff.commands import app
from services.tariff.language.national import load_national_scale
from tests.integration.decision.conftest import Decisions

if TYPE_CHECKING:
    from shared.application import Application
    from tests.conftest import Database
    from tests.integration.conftest import Record

pytestmark = pytest.mark.stack
_Type = Callable[..., tuple[int, str, str]]
_SCALES = Path(__file__).parents[3] / "services" / "tariff" / "scales"


@pytest.fixture
def decisions(record: "Record", application: "Application") -> Decisions:
    return Decisions(record, application)


@pytest.fixture
def candidate(tmp_path: Path) -> Path:
    """The scale of 2026 with a higher floor: 1 000 euros a month instead of 814.62."""
    text = (_SCALES / "psu" / "2026-01-01.yaml").read_text("utf-8")
    file = tmp_path / "candidat.yaml"
    file.write_text(text.replace('"814.62"', '"1000.00"'), encoding="utf-8")
    return file


@pytest.fixture
def berceau(migrated: "Database", record: "Record", tmp_path: Path) -> _Type:
    """Types words after `berceau tariff`; exit code, stdout and stderr, spaces plain."""
    ring = tmp_path / "ring.json"
    record.ring.write(ring)
    env = {
        "BERCEAU_DATABASE_URL": migrated.service_url,
        "BERCEAU_REDIS_URL": "redis://127.0.0.1:1/0",
        "BERCEAU_KEY_RING_FILE": str(ring),
    }

    def typed(*words: str) -> tuple[int, str, str]:
        ended = CliRunner().invoke(app, words, env=env)
        return ended.exit_code, _plain(ended.stdout), _plain(ended.stderr)

    return typed


def _plain(said: str) -> str:
    return said.replace("\u00a0", " ").replace("\u202f", " ")


def test_who_pays_more_and_what_comes_in(
    decisions: Decisions, berceau: _Type, candidate: Path, tmp_path: Path
) -> None:
    """Six at the floor would pay more, four above it the same; nothing is written."""
    for resources in ["0.00"] * 6 + ["48000.00"] * 4:
        decisions.decide(resources)
    before = decisions.record.rows("SELECT count(*) AS n FROM decisions")[0].n
    out = tmp_path / "rapport"

    code, said, _ = berceau(
        "simulate", "--candidate", str(candidate), "--on", "2026-09-01", "--out", str(out)
    )

    assert 0 == code
    assert "10 familles comparées : 0 (0,0 %) paieraient moins, 6 (60,0 %) paieraient plus" in said
    # 138 h at 0.42 then 0.52 euros: 57.96 then 71.76; 138 h at 2.06: 284.28
    assert "1 484,88 € aujourd'hui, 1 567,68 € avec le candidat (+82,80 €)" in said
    assert before == decisions.record.rows("SELECT count(*) AS n FROM decisions")[0].n
    assert {"simulation.html", "simulation.csv", "simulation.png"} == {
        path.name for path in out.iterdir()
    }
    assert b"\x89PNG" == (out / "simulation.png").read_bytes()[:4]
    assert "de +10,00 € à +20,00 €" not in said
    assert "paieraient plus" in (out / "simulation.html").read_text("utf-8")


def test_figures_for_a_machine(decisions: Decisions, berceau: _Type, candidate: Path) -> None:
    """Counts and cents; what could not be compared is counted by why."""
    decisions.decide("0.00")
    decisions.decide(record=None)
    erased = decisions.decide()
    decisions.intrude("DELETE FROM application_keys WHERE application_id = :id", id=erased)

    code, said, _ = berceau(
        "simulate", "--candidate", str(candidate), "--on", "2026-09-01", "--json"
    )
    told = json.loads(said)

    assert 0 == code
    assert (1, 1) == (told["comparison"]["all"]["families"], told["comparison"]["all"]["lose"])
    assert [["effacées, illisibles ou sans prix", 2]] == told["left_out"]


def test_what_cannot_be_simulated_is_said(
    decisions: Decisions, berceau: _Type, candidate: Path, tmp_path: Path
) -> None:
    """A day outside the candidate's period, an unknown scheme, a broken file."""
    decisions.decide()
    broken = tmp_path / "faux.yaml"
    broken.write_text("id: faux", encoding="utf-8")
    on = ("--on", "2026-09-01")

    for words, code, sentence in [
        (("--candidate", str(candidate), "--on", "2025-01-01"), 1, "n'est pas en vigueur"),
        (("--candidate", str(candidate), *on, "--scheme", "arles/rien"), 2, "introuvable"),
        (("--candidate", str(broken), *on), 1, "faux.yaml"),
    ]:
        found, _, said = berceau("simulate", *words)
        assert (code, True) == (found, sentence in said)


def test_the_shipped_scale_is_the_one_that_was_changed(candidate: Path) -> None:
    """Guards the candidate of these tests: its floor is no longer the shipped one."""
    floor = load_national_scale().version("2026-01-01").content["monthly_resources"]["floor"]

    assert "814.62" == floor["value"]
    assert "814.62" not in candidate.read_text("utf-8")
