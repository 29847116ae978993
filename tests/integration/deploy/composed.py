"""docker-compose.yml as an engine reads it, and its services as processes of this machine.

What differs from containers, and nothing else: `/run/secrets` is a folder for each service with the
secrets it is given and no other; each port inside is a free one here; the names of services are
this machine's address; `berceau` and `python` are those of this environment.
"""

import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import yaml

from services.command.stack.ports import HOST, reserve
from services.command.stack.program import Program

ROOT = Path(__file__).resolve().parents[3]
FILE = ROOT / "docker-compose.yml"
SECRETS = "/run/secrets"
_ASKED = re.compile(r"(?<!\$)\$\{(?P<name>\w+):-(?P<default>[^}]*)\}")
_PORTS = ("8000", "8001", "8081", "6379", "5432")
_HOSTS = re.compile(r"(?<=[@/])(postgres|redis|simulator):")
_PATH = "/usr/local/bin:/usr/bin:/bin"
_HERE = {"berceau": [sys.executable, "-m", "services.command"], "python": [sys.executable]}

Service = Mapping[str, Any]


def free_ports() -> dict[str, str]:
    """A free port of this machine for each port inside."""
    return {port: str(reserve().release()) for port in _PORTS}


def read(given: Mapping[str, str]) -> dict[str, Any]:
    """The file, its variables replaced by what is given or by their defaults."""
    text = FILE.read_text("utf-8")
    content: dict[str, Any] = yaml.safe_load(
        _ASKED.sub(lambda asked: given.get(asked["name"], asked["default"]), text)
    )
    return content


class Composed:
    """The services of the file, run from its own commands, environments and checks.

    Args:
        folder: where each service's secrets are laid.
        given: the variables of the file.
        path: folders of programs that an image brings (`redis-server`, `pg_isready`).
        ports: those of this machine, by their number inside.
    """

    def __init__(
        self,
        folder: Path,
        given: Mapping[str, str],
        *,
        path: Sequence[Path],
        ports: Mapping[str, str],
    ) -> None:
        self._folder = folder
        self._content = read(given)
        self._path = ":".join([*map(str, path), _PATH])
        self._ports = ports

    def __getitem__(self, name: str) -> Service:
        service: Service = self._content["services"][name]
        return service

    def names(self, profile: str | None) -> list[str]:
        """The services that are started, in the order of the file: those of no other profile."""
        services = self._content["services"].items()
        return [name for name, one in services if profile in one.get("profiles", [profile])]

    def secrets(self, name: str) -> list[Path]:
        """The files that a service is given."""
        kept = self._content["secrets"]
        return [Path(kept[secret]["file"]) for secret in self[name].get("secrets", [])]

    def program(self, name: str, *more: str, env: Mapping[str, str] | None = None) -> Program:
        """A service as it is started, ready when its own check says so."""
        service, given = self[name], {**self.env(name), **(env or {})}
        check = service["healthcheck"]["test"]
        return Program(
            name=name,
            argv=[*self.argv(name), *more],
            env=given,
            cwd=self._folder,
            ready=lambda: self._well(name, check, given),
            patience=60,
            grace=float(service["stop_grace_period"].removesuffix("s")),
            stop=signal.Signals[service.get("stop_signal", "SIGTERM")],
        )

    def argv(self, name: str) -> list[str]:
        """The command: of ours, the image's entry point and the service's words."""
        service = self[name]
        entry = _HERE["berceau"] if service["image"].startswith("berceau:") else []
        return [*entry, *(self._here(name, word) for word in service["command"])]

    def env(self, name: str) -> dict[str, str]:
        """The environment of the file, and nothing of ours but where programs are."""
        told = self[name].get("environment", {})
        return {"PATH": self._path} | {key: self._here(name, said) for key, said in told.items()}

    def run(
        self, name: str, words: Sequence[str] | None = None, said: bytes = b""
    ) -> subprocess.CompletedProcess[bytes]:
        """Run a service that ends by itself, or some words of `berceau` where it runs."""
        argv = self.argv(name) if words is None else [*_HERE["berceau"], *words]
        return subprocess.run(
            argv,
            env=self.env(name),
            cwd=self._folder,
            input=said,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            check=False,
            timeout=60,
        )

    def _well(self, name: str, check: Sequence[str], env: Mapping[str, str]) -> bool:
        kind, *words = (self._here(name, word) for word in check)
        argv = (
            ["/bin/sh", "-c", *words]
            if kind == "CMD-SHELL"
            else [*_HERE.get(words[0], words[:1]), *words[1:]]
        )
        checked = subprocess.run(argv, env=env, capture_output=True, check=False, timeout=30)
        return checked.returncode == 0

    def _here(self, name: str, said: str) -> str:
        """What a container would be told, for a process of this machine."""
        said = said.replace("$$", "$").replace(SECRETS, str(self.laid(name)))
        return self._reached(said)

    def _reached(self, said: str) -> str:
        """The same places, where they are on this machine."""
        for inside, here in self._ports.items():
            said = re.sub(rf"\b{inside}\b", here, said)
        return _HOSTS.sub(f"{HOST}:", said)

    def laid(self, name: str) -> Path:
        """A folder with the secrets of this service and no other, as an engine mounts them."""
        folder = self._folder / "mounted" / name
        if not folder.exists():
            folder.mkdir(parents=True)
            for kept in self.secrets(name):
                laid = Path(shutil.copy(kept, folder))  # its mode goes with it
                if kept.name.endswith("_url"):
                    laid.write_text(self._reached(kept.read_text("utf-8")), "utf-8")
        return folder
