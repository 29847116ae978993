"""A stand-in for `systemctl`: it starts what units say, with the credentials that they ask for.

Places are those of the page's variables: LIB, ETC, UNITS. What it started is noted in $ETC/started.
"""

import os
import re
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

_LIB, _ETC, _UNITS = (Path(os.environ[name]) for name in ("LIB", "ETC", "UNITS"))
_STARTED = _ETC / "started"
_STOP_WITHIN_S = 45


def main(words: list[str]) -> None:
    """`daemon-reload`, `start UNIT…`, `enable --now UNIT…`, `stop 'berceau-*'`."""
    match words:
        case ["daemon-reload"]:
            return
        case ["start", *units] | ["enable", "--now", *units]:
            for unit in units:
                _start(unit)
        case ["stop", "berceau-*"]:
            _stop()
        case _:
            sys.exit(f"the stand-in does not know: {words}")


def _start(unit: str) -> None:
    said = _read(re.sub(r"@.*[.]", "@.", unit))
    lent = _ETC / "credentials" / unit
    lent.mkdir(parents=True, exist_ok=True)
    for name, source in (one.split(":") for one in said["LoadCredential"]):
        shutil.copy(_here(source), lent / name)
    env = dict(one.replace("%d", str(lent)).split("=", 1) for one in said["Environment"])
    env |= _file(Path(_here(said["EnvironmentFile"][0].removeprefix("-"))))
    argv = _here(said["ExecStart"][0]).split()
    if said.get("Type") == ["oneshot"]:
        subprocess.run(argv, env=env, check=True)
        return
    with (_ETC / f"{unit}.log").open("ab") as log:
        process = subprocess.Popen(
            argv, env=env, stdout=log, stderr=log, cwd="/", start_new_session=True
        )
    with _STARTED.open("a") as started:
        started.write(f"{process.pid}\n")


def _stop() -> None:
    """Tell all, then wait for each: it must end within what its unit grants."""
    pids = [int(line) for line in _STARTED.read_text().split()] if _STARTED.exists() else []
    for pid in pids:
        os.kill(pid, signal.SIGTERM)
    deadline = time.monotonic() + _STOP_WITHIN_S
    while any(Path(f"/proc/{pid}").exists() and not _defunct(pid) for pid in pids):
        if time.monotonic() > deadline:
            sys.exit("a service did not end in time")
        time.sleep(0.05)
    _STARTED.unlink(missing_ok=True)


def _defunct(pid: int) -> bool:
    """Whether it has ended and nobody has asked how."""
    return ") Z " in Path(f"/proc/{pid}/stat").read_text()


def _read(name: str) -> dict[str, list[str]]:
    said: dict[str, list[str]] = {}
    for file in (_UNITS / "berceau-.service.d" / "common.conf", _UNITS / name):
        for key, value in re.findall(r"^(\w+)=(.*)$", file.read_text("utf-8"), re.MULTILINE):
            said.setdefault(key, []).append(value)
    return said


def _file(file: Path) -> dict[str, str]:
    return dict(line.split("=", 1) for line in file.read_text("utf-8").splitlines())


def _here(said: str) -> str:
    return said.replace("/usr/local/lib/berceau", str(_LIB)).replace("/etc/berceau", str(_ETC))


if __name__ == "__main__":
    main(sys.argv[1:])
