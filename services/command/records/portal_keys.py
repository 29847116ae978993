"""`berceau portal key`: mint, list, revoke."""

import json
from typing import Annotated

import typer

from services.command.records import options as o

app = typer.Typer(help="Clés d'un portail : deux ensemble, le temps d'un échange.")
_Portal = Annotated[str, typer.Argument(help="Code du portail.")]


@app.callback()
def _keys() -> None:
    """Clés d'un portail : deux ensemble, le temps d'un échange."""


@app.command("mint")
def mint(
    portal: _Portal,
    *,
    scope: Annotated[
        list[str] | None,
        typer.Option(
            help="applications:write, applications:read, decisions:read ; exports:read, pour tous "
            "les dossiers de la collectivité ; répétable ; les trois premiers par défaut."
        ),
    ] = None,
    expires: Annotated[
        str | None, typer.Option(help="Fin de la clé : AAAA-MM-JJ, ou un instant.")
    ] = None,
    label: Annotated[str | None, typer.Option(help="Ce qui la distingue dans la liste.")] = None,
) -> None:
    """Fait une clé et la montre une seule fois, sur la sortie standard."""
    from services.command.records import keys  # noqa: PLC0415 -- quick help
    from services.command.records.desk import at_desk, by_options, say  # noqa: PLC0415 -- idem
    from services.command.records.models import validated  # noqa: PLC0415 -- idem
    from shared.portal_keys import mint_key  # noqa: PLC0415 -- idem

    key, key_hash = mint_key()
    with at_desk() as desk, by_options({"scopes"}):
        grant = validated(keys.Grant, {"scopes": scope, "expires": expires, "label": label})
        id_ = keys.keep(desk.connection, desk.hand, portal, key_hash, grant)
    typer.echo(key)
    say(f"Identifiant : {id_}. Cette clé ne sera plus jamais montrée : remettez-la au portail.")


@app.command("list")
def list_all(portal: _Portal, *, as_json: o.AsJson = False) -> None:
    """Montre les clés d'un portail, la plus ancienne d'abord ; jamais la clé elle-même."""
    from services.command.records import keys, verbs  # noqa: PLC0415 -- quick help
    from services.command.records.desk import at_desk  # noqa: PLC0415 -- idem

    with at_desk() as desk:
        found = [key.plain() for key in keys.of(desk.connection, portal)]
    if as_json:
        typer.echo(json.dumps(found, ensure_ascii=False))
    else:
        names = ["id", "label", "scopes", "created_at", "expires_at", "revoked_at"]
        verbs.table(names, ([verbs.cell(key.get(name, "")) for name in names] for key in found))


@app.command("revoke")
def revoke(
    key_id: Annotated[str, typer.Argument(metavar="ID", help="Identifiant de la clé.")],
    *,
    at: Annotated[
        str | None, typer.Option(help="Instant à venir avec son fuseau ; sans lui, maintenant.")
    ] = None,
) -> None:
    """Met fin à une clé, maintenant ou à l'instant dit."""
    from services.command.records import keys  # noqa: PLC0415 -- quick help
    from services.command.records.desk import at_desk, by_options, say  # noqa: PLC0415 -- idem
    from services.command.records.models import validated  # noqa: PLC0415 -- idem

    with at_desk() as desk, by_options():
        ending = validated(keys.Ending, {"id": key_id, "at": at})
        key = keys.revoke(desk.connection, desk.hand, ending)
    say(f"Clé {key.id} du portail « {key.portal} » : fin le {key.plain()['revoked_at']}.")
