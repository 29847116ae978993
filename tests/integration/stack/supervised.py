"""A stack for the tests to end in every way: run as `supervised.py HOME DESCRIPTOR`.

Every process of it inherits DESCRIPTOR, so that the tests can see the end of the last one.
"""

import signal
import sys
from dataclasses import replace
from pathlib import Path

from services.command.stack.home import Home
from services.command.stack.postgres import EmbeddedPostgres
from services.command.stack.program import Program
from services.command.stack.redis import EmbeddedRedis, Kind
from services.command.stack.supervisor import Supervisor

DEAF = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); time.sleep(600)"


def main() -> None:
    home, line = Home(Path(sys.argv[1])), int(sys.argv[2])
    postgres = EmbeddedPostgres(home.path)
    redis = EmbeddedRedis(home.path, kind=Kind.FAKE)
    deaf = Program(name="deaf", argv=[sys.executable, "-c", DEAF], grace=0.5, copies=2)
    with Supervisor(home) as stack:
        for program in (postgres.program(), redis.program(), deaf):
            stack.start(replace(program, inherited=(*program.inherited, line)))
        stack.kill("deaf", signal.SIGSTOP)  # even one that is stopped ends
        print("ready", flush=True)  # noqa: T201 - what the test waits for
        stack.wait()


if __name__ == "__main__":
    main()
