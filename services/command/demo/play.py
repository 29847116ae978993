"""`berceau demo`, from an empty folder to a verdict."""

import asyncio
import json
import secrets
import sys
import tempfile
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from services.command.demo import report
from services.command.demo.incidents import incidents
from services.command.demo.run import Order, run
from services.command.demo.verdict import Verdict
from services.command.running import Choices, Running, running
from services.command.stack.account import unprivileged
from services.command.stack.errors import StackError
from services.command.stack.home import Home

_FAILED = 1
_INTERRUPTED = 130
_LEAST_WAIT_S = 90.0
_WAIT_EACH_S = 0.1


def play(*, applications: int, seed: int, as_json: bool, picture: Path | None = None) -> int:
    """Run the demo in a home of its own, gone afterwards unless something went wrong.

    Returns:
        The exit code: 0 when nothing was lost, nothing wrong, and no process ended or complained.
    """
    home = Home(Path(tempfile.mkdtemp(prefix="berceau-demo-")))
    chatter = Console(stderr=True, highlight=False)
    try:
        verdict, wrongs = _play(home, Choices(population=applications, seed=seed), chatter)
    except KeyboardInterrupt:
        home.erase(unprivileged())
        return _INTERRUPTED
    except StackError as broken:
        chatter.print(f"{broken}\nJournaux gardés : {home.logs}", style="red", markup=False)
        return _FAILED
    _show(verdict, as_json=as_json, picture=picture)
    return _end(home, verdict, wrongs, chatter)


def _play(home: Home, choices: Choices, chatter: Console) -> tuple[Verdict, list[str]]:
    chatter.print("Démarrage : PostgreSQL, Redis, simulateur, services…", style="dim")
    with running(home, choices) as stack:
        verdict = _watched(stack, choices, chatter)
        return verdict, incidents(stack.supervisor.events, home.logs)


def _watched(stack: Running, choices: Choices, chatter: Console) -> Verdict:
    order = Order(
        applications=choices.population,
        intake_url=stack.intake_url,
        simulator_url=stack.simulator_url,
        portal_key=stack.portal_key,
        settle_within_s=_LEAST_WAIT_S + _WAIT_EACH_S * choices.population,
        run_key=secrets.token_hex(8),
    )
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, TimeElapsedColumn(), console=chatter) as bars:
        handed_in = bars.add_task("Demandes reçues ", total=choices.population)
        settled = bars.add_task("Demandes réglées", total=choices.population)

        def progress(submitted: int, done: int) -> None:
            bars.update(handed_in, completed=submitted)
            bars.update(settled, completed=done)

        return asyncio.run(run(order, progress))


def _show(verdict: Verdict, *, as_json: bool, picture: Path | None) -> None:
    if as_json:
        sys.stdout.write(json.dumps(verdict.as_json()) + "\n")
    else:
        report.show(verdict, Console(highlight=False))
    if picture is not None:
        report.draw(report.Content.of(verdict), picture)


def _end(home: Home, verdict: Verdict, wrongs: list[str], chatter: Console) -> int:
    if not (verdict.lost or verdict.wrong or wrongs):
        home.erase(unprivileged())
        return 0
    wrongs += [
        f"{case.reference} : {case.state} {case.reason}, attendu {case.expected}"
        for case in verdict.cases
        if case.wrong or case.lost
    ]
    chatter.print(*wrongs[:40], f"Journaux gardés : {home.logs}", sep="\n", markup=False)
    return _FAILED
