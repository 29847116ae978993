"""One service, by its own composition root, at a hurried tempo: `hurried.py verifier`.

Two more can be crashed: `sealer`, which looks all the time, and `command …`, a person's `berceau`.
"""

import sys
import time
from datetime import timedelta
from importlib import import_module

from shared.stopping import heed

if __name__ == "__main__":
    heed()

from services.scheduler import beside
from services.scheduler.sealer import LOOKS_EVERY_S, Sealer
from shared.crashing import arm
from shared.protocol.tempo import Tempo
from shared.settings import Settings, read_settings
from shared.store.engine import open_engine
from shared.telemetry import configure_logs

LIFE_S = 3.0
BRISK = Tempo(
    heartbeat=timedelta(seconds=0.5),
    life=timedelta(seconds=LIFE_S),
    ring_again=timedelta(seconds=1.5),
    tick=timedelta(seconds=0.1),
    sweep=timedelta(seconds=0.3),
    endings=timedelta(seconds=0.3),
    patience=timedelta(seconds=5),
)


def _armed() -> Settings:
    settings = read_settings()
    configure_logs(service="test", level=settings.log_level, style=settings.log_format)
    arm(settings.crash_folder, beside=settings.database_url.get_secret_value())
    return settings


def _seal() -> None:
    settings = _armed()
    engine = open_engine(settings.database_url.get_secret_value(), name="sealer", connections=1)
    assert settings.seal_key_file

    def stopped(_seconds: float) -> bool:
        time.sleep(0.2)
        return False

    look = Sealer(engine, settings.seal_key_file).look
    beside.run("sealer", look, every_s=LOOKS_EVERY_S, stopped=stopped)


def _command() -> None:
    _armed()
    sys.argv = ["berceau", *sys.argv[2:]]
    import_module("services.command.__main__").main()


def main(name: str) -> None:
    match name:
        case "sealer":
            _seal()
        case "command":
            _command()
        case "intake":
            import_module("services.intake.__main__").main()
        case _:
            import_module(f"services.{name}.__main__").main(BRISK)


if __name__ == "__main__":
    main(sys.argv[1])
