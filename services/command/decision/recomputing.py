"""`berceau decision replay` and `verify`: decisions computed again from their own records."""

import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer

from services.command.status import settings_or_exit

if TYPE_CHECKING:
    from sqlalchemy import Engine

    from services.command.decision.at_hand import AtHand
    from shared.sealing import KeyRing

_BROKEN = 1
_UNABLE = 2
_TELL_EVERY = 500


def replay(
    reference: Annotated[str, typer.Argument(metavar="RÉFÉRENCE", help="Le dossier.")],
    *,
    version: Annotated[
        int | None, typer.Option(min=1, help="Une seule version ; par défaut, toutes.")
    ] = None,
) -> None:
    """Recalcule une décision depuis ce qu'elle a enregistré, et compare octet par octet."""
    from services.command.decision import stored  # noqa: PLC0415 -- quick help
    from services.command.decision.checking import Fault, check  # noqa: PLC0415 -- idem
    from services.command.decision.words import version_line  # noqa: PLC0415 -- idem

    with record() as at:
        found = [
            (one.version, check(one, at.ring, at.tariffs))
            for one in stored.of_application(at.engine, reference)
            if version in {None, one.version}
        ]
    if not found:
        _give_up(f"Aucune décision à ce numéro : {reference}. Vérifiez la référence.")
    for number, one in found:
        typer.echo(version_line(number, one))
    if any(isinstance(one, Fault) for _, one in found):
        raise typer.Exit(_BROKEN)


def verify(
    *,
    as_json: Annotated[bool, typer.Option("--json", help="Une ligne de JSON.")] = False,
) -> None:
    """Recalcule toutes les décisions, nomme celles qui diffèrent ; sort en 1 s'il y en a."""
    from services.command.decision.stored import count  # noqa: PLC0415 -- quick help
    from services.command.decision.verifying import verify as verified  # noqa: PLC0415 -- idem
    from services.command.decision.words import fault_line, summary  # noqa: PLC0415 -- idem

    with record() as at:
        told = _progress(count(at.engine))
        found = verified(at.engine, at.ring, at.tariffs, told=told)
    if as_json:
        typer.echo(json.dumps(found.plain(), ensure_ascii=False))
    else:
        for fault in found.faults:
            typer.echo(fault_line(fault))
        typer.echo(summary(found))
    if not found.whole:
        raise typer.Exit(_BROKEN)


def _progress(total: int) -> Callable[[int], None]:
    """Tells a terminal how far the reading is, on stderr; nothing to anything else."""

    def told(read: int) -> None:
        if read % _TELL_EVERY == 0 or read == total:
            end = "\n" if read == total else ""
            typer.echo(f"\r{read} sur {total}{end}", err=True, nl=False)

    return told if sys.stderr.isatty() else lambda _: None


@dataclass(frozen=True, slots=True, repr=False)
class At:
    """The record, the ring that opens it, and the tariffs at hand."""

    engine: "Engine"
    ring: "KeyRing"
    tariffs: "AtHand"


@contextmanager
def record() -> Iterator[At]:
    """What the commands of decisions work on; out of reach, a French word and exit code 2."""
    from sqlalchemy.exc import SQLAlchemyError  # noqa: PLC0415 -- quick help

    from services.command.decision.at_hand import AtHand  # noqa: PLC0415 -- idem
    from shared.errors import SettingsError  # noqa: PLC0415 -- idem
    from shared.sealing import KeyRing  # noqa: PLC0415 -- idem
    from shared.store.engine import open_engine  # noqa: PLC0415 -- idem

    settings = settings_or_exit()
    try:
        ring = KeyRing.read(settings.key_ring_file)
    except SettingsError:
        _give_up(f"{settings.key_ring_file} n'est pas un trousseau lisible.")
    engine = open_engine(settings.database_url.get_secret_value(), name="decision", connections=2)
    try:
        yield At(engine, ring, AtHand(engine))
    except SQLAlchemyError:
        _give_up("PostgreSQL ne répond pas, ou n'a pas ses tables : voir « berceau doctor ».")
    finally:
        engine.dispose()


def _give_up(sentence: str) -> NoReturn:
    typer.echo(sentence, err=True)
    raise typer.Exit(_UNABLE)
