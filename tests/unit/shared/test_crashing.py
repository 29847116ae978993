"""Crashing on purpose: by a licence only, at the point that is named, and once."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy.exc import DataError

from shared.crash_points import Point
from shared.crashing import LICENCE, Orders, PlannedCrashError, Way, arm, licence, reach
from shared.errors import SettingsError

_RECORD = "postgresql+psycopg://berceau:secret@127.0.0.1:5432/essai"
_PROCESS = """
import sys
from pathlib import Path
from shared.crash_points import Point
from shared.crashing import arm, reach
from shared.telemetry import configure_logs

configure_logs(service="test", level="info", style="json")
arm(Path(sys.argv[1]), beside=sys.argv[2])
reach(Point.CLAIMED)
print("passed", flush=True)
reach(Point.SAVED)
print("went on", flush=True)
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Ours, closed to others, with a licence for the record."""
    orders = tmp_path / "orders"
    orders.mkdir(mode=0o700)
    (orders / LICENCE).write_text(licence(_RECORD), "utf-8")
    return orders


def _run(folder: Path) -> "subprocess.Popen[str]":
    argv = [sys.executable, "-c", _PROCESS, str(folder), _RECORD]
    return subprocess.Popen(argv, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)


def test_who_is_not_armed_passes_every_point(folder: Path) -> None:
    """An order that lies there is nobody's."""
    (folder / Point.SAVED).write_text(Way.KILL, "utf-8")
    arm(None, beside=_RECORD)
    for point in Point:
        reach(point)

    assert (folder / Point.SAVED).exists()


def test_without_a_licence_for_this_record_the_process_does_not_start(folder: Path) -> None:
    """Another record's, none at all, a folder that others may write to, no folder."""
    with pytest.raises(SettingsError, match="BERCEAU_CRASH_FOLDER"):
        arm(folder, beside=_RECORD.replace("essai", "berceau"))
    folder.chmod(0o770)
    with pytest.raises(SettingsError, match="BERCEAU_CRASH_FOLDER"):
        arm(folder, beside=_RECORD)
    folder.chmod(0o700)
    (folder / LICENCE).unlink()
    with pytest.raises(SettingsError, match="BERCEAU_CRASH_FOLDER"):
        arm(folder, beside=_RECORD)
    with pytest.raises(SettingsError, match="BERCEAU_CRASH_FOLDER"):
        arm(folder / "nowhere", beside=_RECORD)
    reach(Point.SAVED)


def test_a_licence_holds_no_password() -> None:
    """It names the record, and nothing that opens it."""
    assert "crash beside 127.0.0.1:5432/essai" == licence(_RECORD)


def test_an_order_to_end_is_obeyed_at_its_point_and_once(folder: Path) -> None:
    """As by kill -9, where it was ordered; the next process finds no order any more."""
    (folder / Point.SAVED).write_text(Way.KILL, "utf-8")
    first = _run(folder)
    said, _ = first.communicate(timeout=60)
    told = (folder / f"{Point.SAVED}.taken").read_text("utf-8")
    then = _run(folder)

    assert ("passed\n", -signal.SIGKILL) == (said, first.returncode)
    assert str(first.pid) == told
    assert ("passed\nwent on\n", 0) == (then.communicate(timeout=60)[0], then.returncode)


def test_an_order_to_stand_still_lasts_until_it_may_go_on(folder: Path) -> None:
    """All of the process stands, as if the machine had stopped it."""
    (folder / Point.SAVED).write_text(Way.HANG, "utf-8")
    process = _run(folder)
    _, status = os.waitpid(process.pid, os.WUNTRACED)
    os.kill(process.pid, signal.SIGCONT)

    assert signal.SIGSTOP == os.WSTOPSIG(status)
    assert "passed\nwent on\n" == process.communicate(timeout=60)[0]


def test_an_order_to_break_raises(folder: Path) -> None:
    """What nobody foresaw, or what the record itself would say."""
    orders = Orders(folder)
    (folder / Point.SAVED).write_text(Way.EXCEPTION, "utf-8")
    with pytest.raises(PlannedCrashError, match="save"):
        orders.obey(Point.SAVED)
    (folder / Point.SAVED).write_text(Way.REFUSAL, "utf-8")
    with pytest.raises(DataError):
        orders.obey(Point.SAVED)
    orders.obey(Point.SAVED)
