"""`berceau demo` as a newcomer runs it: what it prints, how it ends, what it leaves behind."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from shared.states import Reason

pytestmark = pytest.mark.stack

DEMO = (sys.executable, "-m", "services.command", "demo", "--seed", "7")
KEYS = [
    "submitted",
    "decided",
    "proposed",
    "to_review",
    "parked",
    "estimated",
    "withdrawn",
    "quarantined",
    "closed",
    "lost",
    "wrong",
    "seconds",
]
NOT_IN_THIS_RUN = {
    Reason.PROVIDER_BUSY,  # on the way, never an end
    Reason.ACCESS_FORBIDDEN,  # idem
    Reason.TARIFF_MISSING,  # the shipped scale has no hole since 2017
    Reason.DISABILITY_COUNTED,  # portals are told agent_validates
    Reason.DISABILITY_EXCEEDS_CHILDREN,  # portals are told figures_to_check
    Reason.PROVIDER_MISSING,  # the demo's scheme rests on the built-in provider
    Reason.EVIDENCE_UNFIT,  # idem
    Reason.DOCUMENTS_CHOSEN,  # every family of the demo lets its fund answer
    Reason.BIRTH_AWAITED,  # every child of the demo is born
    Reason.RESOURCES_AWAITED,  # in January only
    Reason.QUOTIENT_AWAITED,  # of another profile
    Reason.OTHER_REPRESENTATIVE_ASKED,  # on the way, never an end
    Reason.OTHER_REPRESENTATIVE_FILE,  # portals are told agent_validates
    Reason.TAX_NUMBER_NEEDED,  # of another profile
    Reason.HABILITATION_EXPIRED,  # the demo's habilitation covers its scheme
    Reason.OUTSIDE_HABILITATION,  # idem
    Reason.AGE_OUTSIDE,  # the demo's scheme asks for no age, place, opening or income
    Reason.SCHEME_NOT_OPEN,  # idem
    Reason.RESIDENCE_OUTSIDE,  # idem
    Reason.RESIDENCE_TO_CHECK,  # idem
    Reason.INCOME_ABOVE,  # idem
    Reason.CONDITION_TO_CHECK,  # of an aid
    Reason.QUOTIENT_ZERO,  # of another profile
    Reason.QUOTIENT_OF_ANOTHER_MONTH,  # idem
    Reason.FIGURE_MISSING,  # of a local tariff
    Reason.PRICE_MISSING,  # idem
    Reason.AUTHOR_MISSING,  # the demo's authority has a signatory
    Reason.NOTHING_CHANGED,  # nobody is priced twice
    Reason.NEVER_FINISHED,  # no poison in the demo
}


def test_two_hundred_families_end_as_their_seed_implies(tmp_path: Path) -> None:
    """The last line is JSON, nothing is lost or wrong, and every outcome of the issue occurs."""
    picture = tmp_path / "demo.svg"
    argv = [*DEMO, "--applications", "200", "--json", "--picture", str(picture)]
    ended = subprocess.run(argv, capture_output=True, text=True, check=False, timeout=240)

    assert ended.returncode == 0, ended.stderr
    line = json.loads(ended.stdout.splitlines()[-1])
    assert list(line) == KEYS
    assert (line["submitted"], line["lost"], line["wrong"]) == (200, 0, 0)
    assert line["decided"] >= 170
    outcomes = json.loads(picture.with_suffix(".json").read_text())["outcomes"]
    assert {reason for _, reason, _ in outcomes} == {None, *set(Reason) - NOT_IN_THIS_RUN}


def test_ctrl_c_leaves_no_process_and_no_folder(tmp_path: Path) -> None:
    """Mid-run: it ends by itself within seconds, with all that it had started."""
    env = {**os.environ, "TMPDIR": str(tmp_path)}
    demo = subprocess.Popen(
        [*DEMO, "--json"], env=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    _until_running(demo, tmp_path)

    demo.send_signal(signal.SIGINT)

    assert demo.wait(60) == 130
    assert _left_in(tmp_path) == []
    assert list(tmp_path.iterdir()) == []


def _until_running(demo: "subprocess.Popen[bytes]", folder: Path) -> None:
    """Until intake has said something: everything before it is up."""
    deadline = time.monotonic() + 60
    while not any(log.stat().st_size for log in folder.glob("*/logs/intake.log")):
        assert demo.poll() is None
        assert time.monotonic() < deadline, "it never started"
        time.sleep(0.1)


def _left_in(folder: Path) -> list[str]:
    """What still runs and was told of this folder, by its arguments or environment."""
    mark = str(folder).encode()
    return [
        process.parent.name
        for process in Path("/proc").glob("[0-9]*/environ")
        if process.parent.name != str(os.getpid()) and mark in _read(process)
    ]


def _read(file: Path) -> bytes:
    try:
        return file.read_bytes() + (file.parent / "cmdline").read_bytes()
    except OSError:  # it has just ended, or is another user's
        return b""
