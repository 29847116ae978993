"""`berceau delivery`: list, replay."""

import json
from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from typing import TYPE_CHECKING, Annotated
from uuid import UUID

import typer

from services.command.records import options as o

if TYPE_CHECKING:
    from shared.protocol.delivering.mending import Listed

app = typer.Typer(help="Livraisons aux portails : les mortes, les rejouer.", no_args_is_help=True)
_Portal = Annotated[str | None, typer.Option(help="Code d'un portail ; sans lui, tous.")]


@app.callback()
def _deliveries() -> None:
    """Livraisons aux portails : les mortes, les rejouer."""


@app.command("list")
def list_all(
    *,
    portal: _Portal = None,
    waiting: Annotated[
        bool, typer.Option("--waiting", help="Celles qui attendent, au lieu des mortes.")
    ] = False,
    as_json: o.AsJson = False,
) -> None:
    """Montre les livraisons mortes, ou en attente, la plus ancienne d'abord, 200 au plus."""
    from services.command.records.desk import at_desk  # noqa: PLC0415 -- quick help
    from shared.protocol.delivering.mending import DeliveryStatus, listed  # noqa: PLC0415 -- idem

    status = DeliveryStatus.WAITING if waiting else DeliveryStatus.DEAD
    with at_desk() as desk:
        found = listed(desk.connection, status, portal)
    if as_json:
        plain = [asdict(one) for one in found]
        typer.echo(json.dumps(plain, ensure_ascii=False, default=_text))
    else:
        _show(found)


@app.command("replay")
def replay(
    event: Annotated[
        list[UUID] | None, typer.Argument(metavar="ID…", help="Événements, comme la liste les dit.")
    ] = None,
    *,
    portal: Annotated[
        str | None, typer.Option(help="Ou toutes les mortes d'un portail, 1 000 au plus.")
    ] = None,
) -> None:
    """Rejoue des livraisons mortes, depuis le premier essai ; leur identifiant reste le même."""
    from services.command.records import ledger  # noqa: PLC0415 -- quick help
    from services.command.records.desk import at_desk, give_up, say  # noqa: PLC0415 -- idem
    from shared.protocol.delivering import mending  # noqa: PLC0415 -- idem

    if bool(event) == (portal is not None):
        give_up("Donnez des identifiants, ou --portal.")
    with at_desk() as desk:
        ledger.hold(desk.connection)
        replayed = mending.replay(desk.connection, portal=portal, ids=event)
        lines = [desk.hand.change("delivery", str(id_), {"replayed": True}) for id_ in replayed]
        ledger.write(desk.connection, lines)
    say(f"Livraisons rejouées : {len(replayed)}.")
    if not replayed:
        give_up("Aucune n'était morte, ou son portail n'a plus de webhook.", code=1)


def _show(found: "Sequence[Listed]") -> None:
    from services.command.records import verbs  # noqa: PLC0415 -- quick help
    from shared.watching.words import delivery_words, moment  # noqa: PLC0415 -- idem

    names = ["id", "portail", "dossier", "état", "du (UTC)", "essais", "dernier essai"]
    rows = (
        [
            str(one.event),
            one.portal,
            one.reference,
            one.state,
            moment(one.at),
            str(one.attempts),
            delivery_words(one.outcome, one.http_status),
        ]
        for one in found
    )
    verbs.table(names, rows)


def _text(value: object) -> str:
    return value.isoformat() if isinstance(value, datetime) else str(value)
