"""`berceau ops`: the commands. What costs time is imported when it is asked for."""

from datetime import UTC, date, datetime
from typing import Annotated, Any

import typer

from services.command.ops import options as o
from services.command.ops.options import asked_by_options, sought_by_options

app = typer.Typer(help="Exploiter : voir les files, agir sur des dossiers.", no_args_is_help=True)


@app.callback()
def _ops() -> None:
    """Exploiter : voir les files, agir sur des dossiers."""


@app.command("top")
def top(
    *,
    once: Annotated[bool, typer.Option("--once", help="Une fois, au lieu de suivre.")] = False,
    as_json: o.AsJson = False,
) -> None:
    """Montre tout sur un écran, toutes les 2 s, jusqu'à Ctrl-C."""
    from services.command.ops import live  # noqa: PLC0415 -- quick help

    live.top(once=once, as_json=as_json)


@app.command("queues")
def queues(*, as_json: o.AsJson = False) -> None:
    """Montre les files : ce qui est dû, sonné ou en main, le plus ancien, le débit."""
    from services.command.ops import live  # noqa: PLC0415 -- quick help

    live.show_queues(as_json=as_json)


def applications(
    given: o.Pairs,
    *,
    sort: Annotated[str, typer.Option(help="oldest, newest ou reference.")] = "oldest",
    after: Annotated[str | None, typer.Option(help="Page suivante, comme elle est dite.")] = None,
    limit: Annotated[int, typer.Option(min=1, max=200, help="Lignes d'une page.")] = 50,
    saved: o.Saved = None,
    as_json: o.AsJson = False,
) -> None:
    """Montre les dossiers que gardent les filtres, sans donnée personnelle."""
    from services.command.ops import listing  # noqa: PLC0415 -- quick help
    from services.command.ops.desk import at_ops_desk  # noqa: PLC0415 -- idem

    with at_ops_desk() as desk:
        named = [("sort", sort)] if saved is None else []
        sought = desk.sought([*given, *named], saved)
        listing.show_page(desk, sought, after=after, most=limit, as_json=as_json)


@app.command("find")
def find(
    name: Annotated[
        str, typer.Argument(metavar="NOM", help="Début du nom de famille, 2 lettres au moins.")
    ],
    birth: Annotated[
        datetime,
        typer.Argument(
            formats=["%Y-%m-%d"], metavar="AAAA-MM-JJ", help="Naissance de l'enfant ou du parent."
        ),
    ],
    *,
    comment: o.Comment = None,
    as_json: o.AsJson = False,
) -> None:
    """Retrouve des dossiers par nom et naissance. Chaque recherche est notée, avec son motif."""
    from services.command.ops import listing  # noqa: PLC0415 -- quick help
    from services.command.ops.desk import at_ops_desk, commented  # noqa: PLC0415 -- idem

    with at_ops_desk() as desk:
        why = commented(comment, quiet=as_json)
        day = date(birth.year, birth.month, birth.day)
        listing.show_named(desk, name, day, why, as_json=as_json)


@app.command("show")
def show(
    reference: Annotated[str, typer.Argument(metavar="RÉFÉRENCE", help="Le dossier.")],
    *,
    as_json: o.AsJson = False,
) -> None:
    """Montre un dossier : où il en est, chaque étape, qui a fait quoi et pourquoi."""
    from services.command.ops import listing  # noqa: PLC0415 -- quick help
    from services.command.ops.desk import at_ops_desk  # noqa: PLC0415 -- idem

    with at_ops_desk() as desk:
        listing.show_one(desk, reference, as_json=as_json)


def retry(asked: o.Asked) -> None:
    """Relance maintenant : l'État est redemandé, ou le tarif refait."""
    _order("retry", asked)


def retry_at(asked: o.Asked, *, at: o.At) -> None:
    """Relance à une date, avant la date limite du dossier."""
    from shared.protocol.operating.orders import OrderError, read_time  # noqa: PLC0415 -- idem

    try:
        _order("retry_at", asked, at=read_time(at, datetime.now(UTC)))
    except OrderError as wrong:
        raise typer.BadParameter(wrong.said, param_hint="--at") from None


def to_review(asked: o.Asked) -> None:
    """Confie à un agent ce qu'une machine ne finira pas."""
    _order("to_review", asked)


def release(asked: o.Asked) -> None:
    """Sort de quarantaine : chacun est repris seul dans son processus."""
    _order("release", asked)


def lane(asked: o.Asked, *, to: o.Into) -> None:
    """Change de voie : now pour qui attend devant un écran, bulk pour le reste."""
    _order("lane", asked, lane=to)


def close(asked: o.Asked, *, ground: o.Ground) -> None:
    """Clôt avec un motif ; la famille peut déposer une autre demande."""
    _order("close", asked, ground=ground)


@app.command("index")
def index() -> None:
    """Indexe par nom, sous la clé du moment, ce qui ne l'est pas ; peut être repris."""
    from services.command.ops import indexing  # noqa: PLC0415 -- quick help
    from services.command.ops.desk import at_ops_desk  # noqa: PLC0415 -- idem

    with at_ops_desk() as desk:
        indexing.index(desk)


app.command("applications")(sought_by_options(applications))
app.command("retry")(asked_by_options(retry))
app.command("retry-at")(asked_by_options(retry_at))
app.command("to-review")(asked_by_options(to_review))
app.command("release")(asked_by_options(release))
app.command("lane")(asked_by_options(lane))
app.command("close")(asked_by_options(close))


def _order(verb: str, asked: o.Asked, **needed: Any) -> None:  # noqa: ANN401 - what the verb needs
    from services.command.ops import ordering  # noqa: PLC0415 -- quick help
    from services.command.ops.desk import at_ops_desk, commented  # noqa: PLC0415 -- idem
    from shared.protocol.operating.orders import Order, Verb  # noqa: PLC0415 -- idem

    if asked.references and (asked.given or asked.saved):
        raise typer.BadParameter("des références, ou des filtres, pas les deux.")
    with at_ops_desk() as desk:
        said = commented(asked.comment, quiet=asked.as_json)
        order = Order(verb=Verb(verb), actor=desk.actor, comment=said, **needed)
        if asked.references:
            ordering.order_these(desk, asked.references, order, as_json=asked.as_json)
        else:
            ordering.order_all(desk, desk.sought(asked.given, asked.saved), order, asked)
