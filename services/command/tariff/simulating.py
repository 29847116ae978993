"""`berceau tariff simulate`: a candidate tried on every known family, and written nowhere."""

import json
import sys
from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import NoReturn

import typer
from sqlalchemy.exc import SQLAlchemyError

from services.command.simulation import known, report
from services.command.simulation.dry_run import DryRun
from services.command.simulation.telling import Simulated, heading, sentences
from services.command.status import settings_or_exit
from services.command.tariff.texts import text_of
from services.tariff.language.reading import read_tariff
from services.tariff.language.tariff import Tariff
from shared.errors import SettingsError, TariffError
from shared.sealing import KeyRing
from shared.store.engine import open_engine

_BROKEN = 1
_UNABLE = 2


def simulate(
    candidate: Path, *, on: date, scheme: str | None, out: Path | None, as_json: bool
) -> None:
    """Try the candidate, say what changes, and write the report where it is wanted."""
    simulated = _simulated(_tariff(candidate, on), on, scheme)
    if as_json:
        typer.echo(json.dumps(_plain(simulated), ensure_ascii=False))
    else:
        typer.echo("\n".join((heading(simulated), "", *sentences(simulated))))
        typer.echo(
            f"Lu et ouvert en {simulated.reading_s:.1f} s, calculé en {simulated.pricing_s:.2f} s.",
            err=True,
        )
    if out is not None:
        for path in report.write(simulated, out):
            typer.echo(f"Écrit : {path}", err=True)


def _tariff(file: Path, on: date) -> Tariff:
    try:
        tariff = read_tariff(text_of(file), file=file.name)
        tariff.require_in_force(on)
    except TariffError as refused:
        _give_up(str(refused), _BROKEN)
    return tariff


def _simulated(candidate: Tariff, on: date, scheme: str | None) -> Simulated:
    settings = settings_or_exit()
    try:
        ring = KeyRing.read(settings.key_ring_file)
    except SettingsError:
        _give_up(f"{settings.key_ring_file} n'est pas un trousseau lisible.")
    engine = open_engine(settings.database_url.get_secret_value(), name="simulate", connections=1)
    try:
        chosen = known.schemes(engine, address=scheme, tariff=candidate.id)
        if not chosen:
            _give_up(_no_scheme(candidate, scheme))
        return DryRun(candidate, on, Progress(shown=sys.stderr.isatty())).over(
            known.pages(engine, ring, chosen, on)
        )
    except SQLAlchemyError:
        _give_up("PostgreSQL ne répond pas, ou n'a pas ses tables : voir « berceau doctor ».")
    finally:
        engine.dispose()


def _no_scheme(candidate: Tariff, scheme: str | None) -> str:
    if scheme is not None:
        return f"Dispositif « {scheme} » introuvable : écrivez collectivité/dispositif."
    return (
        f"Aucun dispositif n'est tarifé par « {candidate.id} » : donnez celui à simuler "
        "(--scheme collectivité/dispositif)."
    )


class Progress:
    """Tells a terminal how many families were read, on stderr; nothing to anything else."""

    def __init__(self, *, shown: bool) -> None:
        self._shown = shown

    def __call__(self, families: int) -> None:
        if self._shown:
            typer.echo(f"\r{families} familles lues", err=True, nl=False)


def _plain(simulated: Simulated) -> dict[str, object]:
    return {**asdict(simulated), "on": simulated.on.isoformat()}


def _give_up(sentence: str, code: int = _UNABLE) -> NoReturn:
    typer.echo(sentence, err=True)
    raise typer.Exit(code)
