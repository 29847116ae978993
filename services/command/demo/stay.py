"""`berceau up`: the stack kept running, with its page; its data is found at the next start."""

import os
import shlex
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

from rich.console import Console

from services.command.demo.families import keep, known_to
from services.command.person.watcher import watcher
from services.command.running import Choices, Running, running
from services.command.stack.errors import StackError
from services.command.stack.home import Home, home_from
from shared.people.links import link_for
from shared.store.engine import open_engine

_FAILED = 1
_TRY_ONE = (
    'curl -s -H "Authorization: Bearer $BERCEAU_PORTAL_KEY" '
    "-H 'Content-Type: application/json' -d @{family} $BERCEAU_URL/v1/applications"
)
_INTAKE_PORT = 8000
_CONSOLE_PORT = 8001


def stay(*, applications: int, seed: int) -> int:
    """Run until Ctrl-C or SIGTERM."""
    home = home_from(os.environ)
    console = Console(highlight=False, soft_wrap=True)
    choices = Choices(
        population=applications,
        seed=seed,
        console=True,
        pace=18,
        first_retry_s=1.0,
        intake_port=_INTAKE_PORT,
        console_port=_CONSOLE_PORT,
    )
    try:
        with running(home, choices) as stack:
            _say_where(stack, home, console)
            stack.supervisor.wait()
    except KeyboardInterrupt:
        console.print("Arrêté ; les données restent.", style="dim")
        return 0
    except StackError as broken:
        console.print(str(broken), style="red", markup=False)
        return _FAILED
    return 0


def _say_where(stack: Running, home: Home, console: Console) -> None:
    secrets, families = home.folder("secrets"), home.folder("families")
    keep(known_to(stack.simulator_url), families)
    portal = {"BERCEAU_URL": stack.intake_url, "BERCEAU_PORTAL_KEY": stack.portal_key}
    ours = {name: value for name, value in stack.env.items() if name.startswith("BERCEAU_")}
    _write(secrets / "portal", portal)
    _write(secrets / "environment", {**ours, **portal})
    link = _link(stack)
    family = shlex.quote(str(families / "nominal-1.json"))
    console.print(
        f"Console              : {link}\n"
        f"                       (ce lien sert une fois ; un autre : berceau person link veille)\n"
        f"Portails familles    : {stack.intake_url}/docs\n"
        f"Simulateur           : {stack.simulator_url}/population?limit=1\n"
        f"Redis                : {stack.redis_kind.value}\n"
        f"Journaux             : {home.logs}\n"
        f"Familles à inscrire  : {families}\n"
        f"Adresse et clé       : {secrets / 'portal'} (portail)\n"
        f"Réglages             : {secrets / 'environment'} (services)\n"
        f"Dans un autre terminal :\n"
        f"  set -a; . {shlex.quote(str(secrets / 'environment'))}; set +a\n"
        f"  .venv/bin/berceau status\n"
        f"  {_TRY_ONE.format(family=family)}\n"
        "Ctrl-C arrête tout.",
        markup=False,
    )


def _link(stack: Running) -> str:
    """A link that signs whoever started this in at the console, once."""
    engine = open_engine(stack.database_url, name="up", connections=1)
    try:
        with engine.begin() as connection:
            return link_for(
                connection,
                watcher(connection),
                console=stack.console_url or "",
                now=datetime.now(UTC),
                by="command:up",
            )
    finally:
        engine.dispose()


def _write(file: Path, variables: Mapping[str, str]) -> None:
    """Variables that a shell reads with `.`, for our eyes only."""
    file.touch(mode=0o600)
    lines = (f"{name}={shlex.quote(value)}" for name, value in sorted(variables.items()))
    file.write_text("\n".join(lines) + "\n", encoding="utf-8")
