"""`berceau ops actions`, `filters`, `pause`, `resume`: what goes on, is kept, is stopped."""

from typing import Annotated
from uuid import UUID

import typer

from services.command import switches
from services.command.ops import options as o
from services.command.ops.commands import app as app  # noqa: PLC0414 - whole once steered
from services.command.ops.options import sought_by_options

actions = typer.Typer(help="Actions sur beaucoup de dossiers.", no_args_is_help=True)
filters = typer.Typer(help="Filtres gardés.", no_args_is_help=True)
app.add_typer(actions, name="actions")
app.add_typer(filters, name="filters")
app.command("pause")(switches.pause)
app.command("resume")(switches.resume)
_Which = Annotated[UUID, typer.Argument(metavar="ID", help="L'action, comme la liste la dit.")]
_Name = Annotated[str, typer.Argument(metavar="NOM", help="Le nom du filtre.")]
_Team = Annotated[bool, typer.Option("--team", help="Pour toute l'équipe.")]


@actions.callback()
def _actions() -> None:
    """Actions sur beaucoup de dossiers."""


@filters.callback()
def _filters() -> None:
    """Filtres gardés."""


@actions.command("list")
def list_actions(*, as_json: o.AsJson = False) -> None:
    """Montre les dernières actions et leur avancement, la plus récente d'abord."""
    from services.command.ops import following  # noqa: PLC0415 -- quick help
    from services.command.ops.desk import at_ops_desk  # noqa: PLC0415 -- idem

    with at_ops_desk() as desk:
        following.list_actions(desk, as_json=as_json)


@actions.command("show")
def show_action(action: _Which, *, as_json: o.AsJson = False) -> None:
    """Montre une action : demandée par qui, pourquoi, où elle en est."""
    from services.command.ops import following  # noqa: PLC0415 -- quick help
    from services.command.ops.desk import at_ops_desk  # noqa: PLC0415 -- idem

    with at_ops_desk() as desk:
        following.show_action(desk, action, as_json=as_json)


@actions.command("pause")
def pause_action(action: _Which, *, comment: o.Comment = None) -> None:
    """Suspend une action ; ce qui est fait reste fait."""
    _steer(action, "paused", comment)


@actions.command("resume")
def resume_action(action: _Which, *, comment: o.Comment = None) -> None:
    """Reprend une action suspendue."""
    _steer(action, "running", comment)


@actions.command("cancel")
def cancel_action(action: _Which, *, comment: o.Comment = None) -> None:
    """Annule le reste d'une action ; ce qui est fait reste fait."""
    _steer(action, "cancelled", comment)


def save_filter(given: o.Pairs, name: _Name, *, team: _Team = False) -> None:
    """Garde un filtre sous un nom, à la place de celui qui l'avait."""
    from services.command.ops.desk import at_ops_desk  # noqa: PLC0415 -- quick help
    from shared.protocol.operating import saved  # noqa: PLC0415 -- idem

    with at_ops_desk() as desk, desk.engine.begin() as connection:
        sought, owner = desk.sought(given), saved.TEAM if team else desk.actor
        saved.save(connection, owner, name, sought, by=desk.actor)
    typer.echo(f"« {name} » : gardé.")


filters.command("save")(sought_by_options(save_filter))


@filters.command("list")
def list_filters() -> None:
    """Montre vos filtres et ceux de l'équipe."""
    from services.command.ops.desk import at_ops_desk  # noqa: PLC0415 -- quick help
    from services.command.records.verbs import table  # noqa: PLC0415 -- idem
    from shared.protocol.operating import saved  # noqa: PLC0415 -- idem

    with at_ops_desk() as desk, desk.engine.connect() as connection:
        kept = saved.saved_of(connection, desk.owners)
    rows = [[one.name, "équipe" if one.owner == saved.TEAM else "à vous", one.text] for one in kept]
    table(["nom", "pour", "filtre"], rows)


@filters.command("forget")
def forget_filter(name: _Name, *, team: _Team = False) -> None:
    """Retire un filtre gardé."""
    from services.command.ops.desk import MISSING, at_ops_desk  # noqa: PLC0415 -- quick help
    from services.command.records.desk import give_up  # noqa: PLC0415 -- idem
    from shared.protocol.operating import saved  # noqa: PLC0415 -- idem

    with at_ops_desk() as desk, desk.engine.begin() as connection:
        gone = saved.forget(connection, saved.TEAM if team else desk.actor, name)
    if not gone:
        give_up(f"Aucun filtre gardé ne s'appelle « {name} ».", code=MISSING)
    typer.echo(f"« {name} » : retiré.")


def _steer(action: UUID, now: str, comment: str | None) -> None:
    from services.command.ops import following  # noqa: PLC0415 -- quick help
    from services.command.ops.desk import at_ops_desk, commented  # noqa: PLC0415 -- idem
    from shared.protocol.operating.actions import ActionState  # noqa: PLC0415 -- idem

    with at_ops_desk() as desk:
        following.steer(desk, action, ActionState(now), commented(comment))
