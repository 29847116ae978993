"""A stand-in for `docker`: what a page asks of an engine is done with processes of this machine.

The page's shell finds a `docker` and a `chown` that hand their words over and wait; `serve` acts on
them, in the thread that owns the supervisor. Who owns a file is noted, since no user of containers
exists here; a container that is given a file of somebody else's is refused, as it would be there.
"""

import json
import socket
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from services.command.stack.ports import HOST
from services.command.stack.program import Program
from services.command.stack.supervisor import Supervisor
from tests.integration.deploy.composed import FILE, Composed

_OURS = 10_001  # the image's user
_ROOT = 0
_CLIENT = """#!{python}
import json, os, socket, sys
line = socket.socket(socket.AF_UNIX)
line.connect({place!r})
said = "" if sys.stdin.isatty() else sys.stdin.read()
asked = [sys.argv, os.getcwd(), {{k: os.environ[k] for k in {given!r} if k in os.environ}}, said]
line.sendall(json.dumps(asked).encode())
line.shutdown(socket.SHUT_WR)
status, printed = json.loads(line.makefile().read())
sys.stdout.write(printed)
sys.exit(status)
"""
_GIVEN = ("SECRETS", "INTAKE_AT", "CONSOLE_PORT", "PROVIDER_URL", "MAINTENANCE")

Answer = tuple[int, str]


@dataclass
class Engine:
    """Acts on the services of docker-compose.yml.

    `server` is an empty PostgreSQL, in the place of the image's; `folder` has a short name, as
    sockets want it.
    """

    supervisor: Supervisor
    server: Program
    superuser_url: str
    folder: Path
    ports: Mapping[str, str]
    owners: dict[Path, int] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    _running: dict[str, tuple[Sequence[str], Mapping[str, str] | None]] = field(
        default_factory=dict
    )

    def install(self) -> Path:
        """Write the programs; the folder to put in front of PATH."""
        binaries = self.folder / "bin"
        binaries.mkdir()
        said = _CLIENT.format(python=sys.executable, place=str(self._place), given=_GIVEN)
        for name in ("docker", "chown"):
            (binaries / name).write_text(said)
            (binaries / name).chmod(0o755)
        return binaries

    def serve(self, work: Callable[[], Any]) -> Any:
        """Do some work beside, serving the programs until it is over."""
        with socket.socket(socket.AF_UNIX) as door, ThreadPoolExecutor(1) as pool:
            door.bind(str(self._place))
            door.listen()
            door.settimeout(0.05)
            future: Future[Any] = pool.submit(work)
            while not future.done():
                self._answer(door)
        self._place.unlink()
        return future.result()

    @property
    def _place(self) -> Path:
        return self.folder / "engine"

    def _answer(self, door: socket.socket) -> None:
        try:
            line, _ = door.accept()
        except TimeoutError:
            return
        with line, line.makefile("rw") as talk:
            (program, *words), place, given, said = json.loads(talk.read())
            self.asked.append(" ".join([Path(program).name, *words]))
            json.dump(self._done(Path(program).name, words, Path(place), given, said), talk)

    def _done(
        self, program: str, words: list[str], place: Path, given: Mapping[str, str], said: str
    ) -> Answer:
        try:
            if program == "chown":
                return self._chown(words, place)
            return self._docker(words, place, given, said)
        except AssertionError as refused:
            return 1, f"{program}: {refused}\n"

    def _chown(self, words: Sequence[str], place: Path) -> Answer:
        *options, owner = words[: 2 if words[0] == "-R" else 1]
        for path in (place / word for word in words[len(options) + 1 :]):
            for one in (path, *(path.rglob("*") if options else ())):
                self.owners[one] = int(owner)
        return 0, ""

    def _docker(self, words: list[str], place: Path, given: Mapping[str, str], said: str) -> Answer:
        match words:
            case ["run", "--rm", "--volume", mount, image, *asked]:
                return self._run(mount, image, asked)
            case ["compose", *rest]:
                assert (place / FILE.name).exists(), "no configuration file provided: not found"
                return self._compose(rest, self._composed(given), said)
        raise AssertionError(f"the stand-in does not know: {words}")

    def _composed(self, given: Mapping[str, str]) -> Composed:
        path = [Path(self.server.argv[0]).parent]
        return Composed(self.folder, given, path=path, ports=self.ports)

    def _run(self, mount: str, image: str, words: Sequence[str]) -> Answer:
        """One command of the image, as its user, on a folder of this machine."""
        here, inside = mount.split(":")
        assert image in FILE.read_text("utf-8"), f"no such image: {image}"
        assert self._owner(Path(here)) == _OURS, f"{here}: permission denied"
        before = set(Path(here).iterdir())
        argv = [word.replace(inside, here) for word in words]
        done = subprocess.run(
            [sys.executable, "-m", "services.command", *argv],
            capture_output=True,
            check=False,
            text=True,
        )
        self.owners |= dict.fromkeys(set(Path(here).iterdir()) - before, _OURS)
        return done.returncode, done.stdout + done.stderr

    def _compose(self, words: list[str], composed: Composed, said: str) -> Answer:
        match words:
            case ["build"]:
                return 0, ""
            case ["up", "--detach", "--wait"]:
                return self._up(composed, None)
            case ["--profile", profile, "up", "--detach", "--wait"]:
                return self._up(composed, profile)
            case ["ps"]:
                return 0, "".join(f"berceau-{name}-1  Up (healthy)\n" for name in self._running)
            case ["exec", "--no-TTY", name, "berceau", *asked] | ["exec", name, "berceau", *asked]:
                done = composed.run(name, asked, said.encode())
                return done.returncode, done.stdout.decode()
            case ["stop"]:
                return self._stop()
        raise AssertionError(f"the stand-in does not know: compose {words}")

    def _up(self, composed: Composed, profile: str | None) -> Answer:
        """Start what does not run yet as the file has it: servers, migration, then the rest."""
        names = composed.names(profile)
        for name in names:
            for secret in composed.secrets(name):
                user = int(composed[name].get("user", f"{_OURS}:").partition(":")[0])
                assert user == self._owner(secret), f"{name}: {secret}: permission denied"
        if "postgres" not in self._running:
            self._start_postgres(composed)
            self._start_redis(composed)
        migrated = composed.run("migrate")
        assert migrated.returncode == 0, migrated.stdout.decode()
        programs = [composed.program(n) for n in names if n not in ("postgres", "redis", "migrate")]
        self._start(*programs)
        return 0, ""

    def _start(self, *programs: Program) -> None:
        """Start programs together; what runs otherwise is stopped first, what runs so stays."""
        changed = [one for one in programs if self._running.get(one.name) != (one.argv, one.env)]
        for program in changed:
            if program.name in self._running:
                self.supervisor.stop(program.name)
        self.supervisor.start(*changed)
        self._running |= {one.name: (one.argv, one.env) for one in changed}

    def _start_postgres(self, composed: Composed) -> None:
        """A server with the file's command and check; its roles by the file that it mounts."""
        service, server = composed["postgres"], self.server
        self._start(replace(server, argv=[*server.argv, *service["command"][1:]]))
        [roles] = [
            mount.split(":")[0]
            for mount in service["volumes"]
            if "/docker-entrypoint-initdb.d/" in mount
        ]
        env = {**composed.env("postgres"), "SECRETS": str(composed.laid("postgres"))}
        psql = [str(Path(server.argv[0]).with_name("psql")), "--no-psqlrc", "--quiet", "--file"]
        subprocess.run([*psql, str(FILE.parent / roles), self.superuser_url], env=env, check=True)
        assert composed.program("postgres", env={"PGPORT": self.ports["5432"]}).ready()

    def _start_redis(self, composed: Composed) -> None:
        data = self.folder / "data"
        data.mkdir()
        here = ["--dir", str(data), "--bind", HOST, "--port", self.ports["6379"]]
        self._start(composed.program("redis", *here))

    def _stop(self) -> Answer:
        """All that runs, the last one started first."""
        for name in reversed(self._running):
            self.supervisor.stop(name)
        self._running.clear()
        return 0, ""

    def _owner(self, path: Path) -> int:
        return self.owners.get(path, _ROOT)
