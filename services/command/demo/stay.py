"""`berceau up`: the stack kept running, with its page; its data is found at the next start."""

import os
import shlex

from rich.console import Console

from services.command.running import Choices, Running, running
from services.command.stack.errors import StackError
from services.command.stack.home import Home, home_from

_FAILED = 1
_TRY_ONE = (
    "curl -s '{simulator}/population?limit=1' | python3 -c "
    "'import json, sys; print(json.dumps(json.load(sys.stdin)[0][\"enrolment\"]))' | "
    'curl -s -H "Authorization: Bearer $BERCEAU_PORTAL_KEY" '
    "-H 'Content-Type: application/json' -d @- {intake}/v1/applications"
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
    file = home.folder("secrets") / "environment"
    file.touch(mode=0o600)
    names = (name for name in stack.env if name.startswith("BERCEAU_"))
    lines = (f"{name}={shlex.quote(stack.env[name])}" for name in sorted(names))
    file.write_text("\n".join(lines) + f"\nBERCEAU_PORTAL_KEY={stack.portal_key}\n")
    console.print(
        f"Page des exploitants : {stack.console_url}\n"
        f"Portails familles    : {stack.intake_url}/docs\n"
        f"Simulateur           : {stack.simulator_url}/population?limit=1\n"
        f"Redis                : {stack.redis_kind.value}\n"
        f"Journaux             : {home.logs}\n"
        f"Réglages et clé      : {file}\n"
        f"Dans un autre terminal :\n"
        f"  set -a; . {shlex.quote(str(file))}; set +a\n"
        f"  .venv/bin/berceau status\n"
        f"  {_TRY_ONE.format(simulator=stack.simulator_url, intake=stack.intake_url)}\n"
        "Ctrl-C arrête tout.",
        markup=False,
    )
