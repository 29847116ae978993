"""`berceau person`: add, list, disable, link."""

import json
from typing import TYPE_CHECKING, Annotated

import typer

from services.command.records import options as o
from shared.roles import Role

if TYPE_CHECKING:
    from uuid import UUID

    from services.command.records.desk import Desk
    from shared.people.register import Person

app = typer.Typer(help="Qui peut entrer à la console.", no_args_is_help=True)
_Login = Annotated[str, typer.Argument(help="Identifiant, souvent l'adresse professionnelle.")]
_NONE = 1
_LISTED = ["login", "name", "role", "authorities", "disabled_at"]


@app.callback()
def _people() -> None:
    """Qui peut entrer à la console."""


@app.command("add")
def add(
    login: _Login,
    *,
    name: Annotated[str, typer.Option(help="Nom et prénom.")],
    role: Annotated[Role, typer.Option(help="Ce que la personne fait.")],
    authority: Annotated[
        list[str] | None,
        typer.Option(help="Code d'une collectivité ; répétable. Sans lui : toutes."),
    ] = None,
) -> None:
    """Ajoute une personne, et écrit sur la sortie standard un lien qui la fait entrer, une fois."""
    from services.command.records.desk import at_desk, give_up  # noqa: PLC0415 -- quick help
    from shared.errors import PeopleError  # noqa: PLC0415 -- idem
    from shared.people import register  # noqa: PLC0415 -- idem

    with at_desk() as desk:
        reach = None if not authority else _reach(desk, authority)
        try:
            newcomer = register.Newcomer(login.lower(), name, role, reach)
            person = register.add(desk.connection, newcomer, by=desk.hand.actor)
        except PeopleError as refused:
            give_up(str(refused))
        _tell_link(desk, person)


@app.command("list")
def list_all(*, as_json: o.AsJson = False) -> None:
    """Montre qui peut entrer, par identifiant ; les accès fermés aussi."""
    from services.command.records import verbs  # noqa: PLC0415 -- quick help
    from services.command.records.desk import at_desk  # noqa: PLC0415 -- idem
    from shared.people import register  # noqa: PLC0415 -- idem

    with at_desk() as desk:
        codes = _codes(desk)
        found = [_plain(person, codes) for person in register.everyone(desk.connection)]
    if as_json:
        typer.echo(json.dumps(found, ensure_ascii=False))
    else:
        verbs.table(_LISTED, ([verbs.cell(one[name]) for name in _LISTED] for one in found))


@app.command("disable")
def disable(login: _Login) -> None:
    """Ferme un accès : les sessions finissent à l'instant ; ce qui a été fait reste écrit."""
    from services.command.records.desk import at_desk, say  # noqa: PLC0415 -- quick help
    from shared.people import register  # noqa: PLC0415 -- idem

    with at_desk() as desk:
        person = _find(desk, login)
        register.disable(desk.connection, person, now=desk.hand.at, by=desk.hand.actor)
    say(f"L'accès de {person.login} est fermé.")


@app.command("link")
def link(login: _Login) -> None:
    """Écrit sur la sortie standard un lien pour entrer ; le précédent ne sert plus."""
    from services.command.records.desk import at_desk, give_up  # noqa: PLC0415 -- quick help

    with at_desk() as desk:
        person = _find(desk, login)
        if person.disabled_at:
            give_up(f"L'accès de {person.login} est fermé.")
        _tell_link(desk, person)


def _tell_link(desk: "Desk", person: "Person") -> None:
    from services.command.records.desk import say  # noqa: PLC0415 -- idem
    from shared.people.links import link_for  # noqa: PLC0415 -- quick help

    url = desk.settings.console_url or f"http://127.0.0.1:{desk.settings.console_port}"
    typer.echo(link_for(desk.connection, person, console=url, now=desk.hand.at, by=desk.hand.actor))
    say("Ce lien sert une fois, pendant un jour : à remettre à cette personne seule.")


def _find(desk: "Desk", login: str) -> "Person":
    from services.command.records.desk import give_up  # noqa: PLC0415 -- quick help
    from shared.people import register  # noqa: PLC0415 -- idem

    person = register.by_login(desk.connection, login.lower())
    if person is None:
        give_up(f"Personne n'a l'identifiant « {login} ».", code=_NONE)
    return person


def _codes(desk: "Desk") -> "dict[UUID, str]":
    from sqlalchemy import select  # noqa: PLC0415 -- quick help

    from shared.store.parties import AuthorityRow  # noqa: PLC0415 -- idem

    found = desk.connection.execute(select(AuthorityRow.id, AuthorityRow.code))
    return {row.id: row.code for row in found}


def _reach(desk: "Desk", codes: list[str]) -> "frozenset[UUID]":
    from services.command.records.desk import give_up  # noqa: PLC0415 -- quick help

    known = {code: id_ for id_, code in _codes(desk).items()}
    unknown = sorted(set(codes) - set(known))
    if unknown:
        give_up(f"--authority : aucune collectivité n'a le code « {unknown[0]} ».", code=_NONE)
    return frozenset(known[code] for code in codes)


def _plain(person: "Person", codes: "dict[UUID, str]") -> dict[str, object]:
    reach = None
    if person.authorities is not None:
        reach = sorted(codes.get(id_, str(id_)) for id_ in person.authorities)
    ended = person.disabled_at.isoformat(timespec="seconds") if person.disabled_at else None
    return {
        "login": person.login,
        "name": person.name,
        "role": person.role.value,
        "authorities": reach,
        "disabled_at": ended,
    }
