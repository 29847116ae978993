"""The systemd units: each starts a command that exists, closed in, its secrets as credentials."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from typer.main import get_command

from services.command.__main__ import app
from shared.settings import SECRETS, Settings
from tests.integration.deploy.composed import ROOT

_PAGE = ROOT / "docs" / "how-to" / "deploy-without-containers.md"
_UNITS = ROOT / "deploy" / "systemd"
_COMMON = _UNITS / "berceau-.service.d" / "common.conf"
_COMMAND = "/usr/local/lib/berceau/bin/berceau"
_ANALYZE = "/usr/bin/systemd-analyze"
_LASTING = {"intake", "verifier@", "tariff@", "notifier", "scheduler", "console"}
_MOST_EXPOSED = 2.0  # of 10, as systemd-analyze counts


def _read(*files: Path) -> dict[str, list[str]]:
    """The [Service] part of a unit: each key with everything that is said of it."""
    said: dict[str, list[str]] = {}
    for file in files:
        part = file.read_text("utf-8").partition("[Service]\n")[2].partition("\n[Install]")[0]
        for key, value in re.findall(r"^(\w+)=(.*)$", part, re.MULTILINE):
            said.setdefault(key, []).append(value)
    return said


def _units() -> dict[str, dict[str, list[str]]]:
    """Each unit with what all have in common, by the service's name."""
    return {
        file.stem.removeprefix("berceau-"): _read(_COMMON, file)
        for file in _UNITS.glob("berceau-*.service")
    }


def test_there_is_a_unit_for_each_process() -> None:
    """The six services and the migration; those that one runs several of are templates."""
    assert {*_LASTING, "migrate"} == set(_units())


@pytest.mark.parametrize("name", sorted({*_LASTING, "migrate"}))
def test_a_unit_starts_its_command(name: str) -> None:
    """The command of that name, and no other word."""
    commands = set(get_command(app).commands)  # type: ignore[attr-defined]
    [start] = _units()[name]["ExecStart"]

    assert f"{_COMMAND} {name.removesuffix('@')}" == start
    assert name.removesuffix("@") in commands


@pytest.mark.parametrize("name", sorted(_LASTING))
def test_a_service_is_started_again_and_given_time(name: str) -> None:
    """Whatever ended it; and a stop lasts longer than a worker takes to finish."""
    unit = _units()[name]

    assert ["always"] == unit["Restart"]
    assert 40 <= int(unit["TimeoutStopSec"][0])
    assert ["SIGTERM"] == unit["KillSignal"]


@pytest.mark.parametrize("name", sorted({*_LASTING, "migrate"}))
def test_secrets_come_as_credentials(name: str) -> None:
    """Every variable is a setting, every secret a file that systemd lends to this service alone;
    whoever opens nothing sealed is lent no key ring."""
    unit = _units()[name]
    lent = {one.partition(":")[0] for one in unit["LoadCredential"]}
    told = dict(one.split("=", 1) for one in unit["Environment"] if one.startswith("BERCEAU_"))
    blind = {"migrate", "scheduler", "console"}

    assert set() == set(told) - _settings()
    assert set() == {f"BERCEAU_{field.upper()}" for field in SECRETS} & set(told)
    named = {value.removeprefix("%d/") for value in told.values()}
    assert lent == named - ({"key_ring"} if name in blind else set())


def test_who_writes_the_index_of_names_and_who_reads_it_share_its_key() -> None:
    """Intake indexes, the console seeks; to nobody else is it lent."""
    lent = "index_key:/etc/berceau/index_key"
    keyed = {name for name, unit in _units().items() if lent in unit["LoadCredential"]}

    assert {"intake", "console"} == keyed


def _settings() -> set[str]:
    known = {f"BERCEAU_{field.upper()}" for field in Settings.model_fields}
    return known | {f"BERCEAU_{field.upper()}_FILE" for field in SECRETS}


def test_what_the_page_lends_is_read() -> None:
    """Each credential of its drop-ins is the value of a setting, and the reverse."""
    blocks = re.findall(r"^```ini\n(.*?)^```$", _PAGE.read_text("utf-8"), re.DOTALL | re.MULTILINE)
    for block in blocks:
        told = dict(re.findall(r"^Environment=(\w+)=%d/(\w+)$", block, re.MULTILINE))

        assert set(told) <= _settings()
        assert list(told.values()) == re.findall(r"^LoadCredential=(\w+):", block, re.MULTILINE)
    assert 2 == len(blocks)


@pytest.fixture
def units(tmp_path: Path) -> Path:
    """The units, their command being the one of this environment."""
    if not Path(_ANALYZE).exists():
        pytest.skip("needs systemd-analyze (Debian: apt-get install systemd)")
    copied = shutil.copytree(_UNITS, tmp_path / "units")
    for file in copied.glob("*.service"):
        here = str(Path(sys.executable).with_name("berceau"))
        file.write_text(file.read_text("utf-8").replace(_COMMAND, here), "utf-8")
    return copied


def _analyze(*words: str, units: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [_ANALYZE, *words],
        cwd=units,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


@pytest.mark.parametrize("name", sorted({*_LASTING, "migrate"}))
def test_systemd_finds_nothing_to_say(name: str, units: Path) -> None:
    """Every key is known and well written, and the process is shut in."""
    unit = f"berceau-{name.replace('@', '@1')}.service"
    verified = _analyze("verify", "--man=no", unit, units=units)
    secured = _analyze("security", "--offline=true", unit, units=units).stdout
    [exposure] = re.findall(r"exposure level for \S+ ([\d.]+)", secured)

    assert (0, "") == (verified.returncode, verified.stderr)
    assert _MOST_EXPOSED > float(exposure)
