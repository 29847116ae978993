"""`berceau doctor`: what is not as it should be, and what to do; exit code 1 when it is broken."""

import json
from collections.abc import Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated

import typer

from services.command.status import settings_or_exit

if TYPE_CHECKING:
    from services.command.diagnosis.facts import Facts
    from services.command.diagnosis.finding import Finding
    from shared.settings import Settings

_REDIS_PATIENCE_S = 3.0
_BROKEN = 1


def doctor(
    *, as_json: Annotated[bool, typer.Option("--json", help="Une ligne de JSON.")] = False
) -> None:
    """Vérifie clés, tables, Redis, jetons, horloges et place ; sort en 1 si quelque chose casse."""
    from services.command.diagnosis.checks import examine  # noqa: PLC0415 -- `--help` stays quick
    from services.command.diagnosis.finding import Mark  # noqa: PLC0415 -- idem

    findings = examine(_gathered(settings_or_exit()))
    if as_json:
        typer.echo(json.dumps([asdict(one) for one in findings], ensure_ascii=False))
    else:
        _show(findings)
    if any(one.mark is Mark.BROKEN for one in findings):
        raise typer.Exit(_BROKEN)


def _gathered(settings: "Settings") -> "Facts":
    from services.command.diagnosis.gathering import gather  # noqa: PLC0415 -- idem
    from shared.queue.broker import open_redis  # noqa: PLC0415 -- idem
    from shared.store.engine import open_engine  # noqa: PLC0415 -- idem

    engine = open_engine(settings.database_url.get_secret_value(), name="doctor", connections=1)
    client = open_redis(settings.redis_url.get_secret_value(), timeout_s=_REDIS_PATIENCE_S)
    try:
        return gather(
            engine=engine,
            client=client,
            ring_file=settings.key_ring_file,
            seal_key_file=settings.seal_key_file,
            namespace=settings.redis_namespace,
            window=settings.ring_window,
        )
    finally:
        engine.dispose()
        client.close()


def _show(findings: Sequence["Finding"]) -> None:
    from rich.console import Console  # noqa: PLC0415 -- idem

    from services.command.diagnosis.telling import told  # noqa: PLC0415 -- idem

    Console().print(told(findings))
