"""Make .venv from the hashed locks, and at once when nothing changed; the Makefile calls it.

    python .ci/environment.py embedded    what `make demo` and `make up` run on
    python .ci/environment.py dev         the same, with what the tests and checks run on
    python .ci/environment.py bench       the same again, with what `make bench` compares with

A stamp is written inside .venv at the very end, so an install that was cut short is never taken
for a good one. It names the lock's content, the project's table, the interpreter and the place:
when one of them changes, or .venv is copied, .venv is made again. Two runs at once take turns.

For the demo, the checkout is installed by a wheel of four small files, written here: a `.pth` line
that makes it importable, the `berceau` command, its name and version. An editable install says the
same, but needs the build backend, a developer's tool that the demo's lock does without.
"""

# ruff: noqa: INP001 - a script, in a folder that is no package

import fcntl
import hashlib
import json
import os
import subprocess
import sys
import tempfile
import tomllib
import zipfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, cast

KINDS = ("embedded", "dev", "bench")  # each holds all of the one before, at the same versions
ROOT = Path(__file__).resolve().parent.parent


class Environment:
    """The virtual environment of one checkout."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.folder = root / ".venv"
        self.python = self.folder / "bin" / "python"
        self.stamp = self.folder / "berceau.stamp"

    def lock(self, kind: str) -> Path:
        return self.root / f"requirements-{kind}.txt"

    def mark(self, kind: str) -> str:
        """What the stamp says when this kind of environment stands, whole and up to date."""
        lock = self.lock(kind).read_text("utf-8")
        parts = [str(self.folder), sys.version, sys.base_prefix, self._project, lock]
        return f"{kind} {hashlib.sha256(json.dumps(parts).encode()).hexdigest()}\n"

    def stands(self, kind: str) -> bool:
        """Whether this kind, or one that holds it, is there."""
        if not (self.stamp.exists() and self.python.exists()):
            return False
        holders = KINDS[KINDS.index(kind) :]
        return self.stamp.read_text("utf-8") in {self.mark(holder) for holder in holders}

    def make(self, kind: str) -> None:
        """Install a kind: on top of a smaller one that stands, else from nothing."""
        if not self.stands(KINDS[0]):
            self.stamp.unlink(missing_ok=True)
            run([sys.executable, "-m", "venv", "--clear", str(self.folder)])
        self._pip("--require-hashes", "--only-binary", ":all:", "-r", str(self.lock(kind)))
        (self._link_checkout if kind == KINDS[0] else self._install_package)()
        self.stamp.write_text(self.mark(kind), "utf-8")

    def _pip(self, *arguments: str) -> None:
        quiet = ["--quiet", "--disable-pip-version-check", "--no-input"]
        run([str(self.python), "-m", "pip", "install", *quiet, *arguments])

    def _link_checkout(self) -> None:
        project = self._project
        with tempfile.TemporaryDirectory() as folder:
            wheel = Path(folder, f"berceau-{project['version']}-py3-none-any.whl")
            write_link(wheel, project, self.root)
            self._pip("--no-deps", str(wheel))

    def _install_package(self) -> None:
        self._pip("--no-deps", "--no-build-isolation", "--editable", str(self.root))

    @property
    def _project(self) -> dict[str, Any]:
        text = (self.root / "pyproject.toml").read_text("utf-8")
        return cast("dict[str, Any]", tomllib.loads(text)["project"])


def write_link(wheel: Path, project: dict[str, Any], root: Path) -> None:
    """Write the wheel that installs a checkout by pointing to it."""
    scripts = [f"{name} = {target}" for name, target in project["scripts"].items()]
    about = f"berceau-{project['version']}.dist-info"
    files = {
        "berceau-checkout.pth": [str(root)],
        f"{about}/METADATA": [
            "Metadata-Version: 2.1",
            "Name: berceau",
            f"Version: {project['version']}",
        ],
        f"{about}/WHEEL": ["Wheel-Version: 1.0", "Root-Is-Purelib: true", "Tag: py3-none-any"],
        f"{about}/entry_points.txt": ["[console_scripts]", *scripts],
    }
    files[f"{about}/RECORD"] = [f"{name},," for name in (*files, f"{about}/RECORD")]
    with zipfile.ZipFile(wheel, "w") as archive:
        for name, lines in files.items():
            archive.writestr(name, "\n".join([*lines, ""]))


def run(command: Sequence[str]) -> None:
    """Run a command, its chatter on stderr."""
    subprocess.run(command, check=True, stdout=sys.stderr)  # noqa: S603 - our own arguments


def say(sentence: str) -> None:
    sys.stderr.write(f"berceau: {sentence}\n")


@contextmanager
def alone(root: Path) -> Iterator[None]:
    """Hold the checkout's turn; the system gives it back if we die."""
    folder = os.open(root, os.O_RDONLY)
    try:
        try:
            fcntl.flock(folder, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say("another make is preparing .venv; waiting for it")
            fcntl.flock(folder, fcntl.LOCK_EX)
        yield
    finally:
        os.close(folder)


def main(kind: str) -> int:
    environment = Environment(ROOT)
    with alone(ROOT):
        if environment.stands(kind):
            return 0
        say(f"preparing .venv from {environment.lock(kind).name} (once; about half a minute)")
        try:
            environment.make(kind)
        except subprocess.CalledProcessError as failure:
            say(".venv could not be made: see above. Nothing half made will be used.")
            return failure.returncode
        except KeyboardInterrupt:
            say("stopped; the next run starts again.")
            return 130
    return 0


if __name__ == "__main__":
    if sys.argv[1:] not in [[kind] for kind in KINDS]:
        sys.exit(f"usage: environment.py {'|'.join(KINDS)}")
    sys.exit(main(sys.argv[1]))
