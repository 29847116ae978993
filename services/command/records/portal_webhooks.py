"""`berceau portal webhook`: set, show, rotate, test, remove."""

import json
import time
from datetime import timedelta
from typing import TYPE_CHECKING, Annotated
from uuid import UUID

import typer

from services.command.records import options as o

if TYPE_CHECKING:
    from shared.protocol.delivering.mending import CameTo

app = typer.Typer(help="Webhook d'un portail : où il est prévenu de chaque changement.")
_Portal = Annotated[str, typer.Argument(help="Code du portail.")]
_TRIED_WITHIN_S = 20.0  # a look of the notifier, and its longest try
_LOOK_S = 0.5
_MOST_HOURS = 720


@app.callback()
def _webhooks() -> None:
    """Webhook d'un portail : où il est prévenu de chaque changement."""


@app.command("set")
def set_webhook(
    portal: _Portal,
    *,
    url: Annotated[str, typer.Option(help="Adresse du portail, en https://.")],
) -> None:
    """Dit où prévenir un portail, ou relance un webhook arrêté ; montre le secret une fois."""
    from services.command.records import webhooks  # noqa: PLC0415 -- quick help
    from services.command.records.desk import at_desk, by_options, say  # noqa: PLC0415 -- idem

    with at_desk() as desk, by_options():
        loopback = desk.settings.webhook_loopback
        done = webhooks.set_url(
            desk.connection, desk.hand, desk.ring(), portal, url, loopback=loopback
        )
    if done.secret:
        typer.echo(done.secret)
        say("Ce secret ne sera plus jamais montré : remettez-le au portail, qui vérifie avec.")
    say(f"Le portail « {portal} » est prévenu à {url}.")
    if done.hurried:
        say(f"Livraisons relancées : {done.hurried}.")


@app.command("show")
def show(portal: _Portal, *, as_json: o.AsJson = False) -> None:
    """Montre où un portail est prévenu, et si son webhook est arrêté ; jamais le secret."""
    from services.command.records import webhooks  # noqa: PLC0415 -- quick help
    from services.command.records.desk import at_desk  # noqa: PLC0415 -- idem

    with at_desk() as desk:
        found = webhooks.find(desk.connection, portal).plain()
    if as_json:
        typer.echo(json.dumps(found, ensure_ascii=False))
    else:
        for name, value in found.items():
            if value is not None:
                typer.echo(f"{name} : {value}")


@app.command("rotate")
def rotate(
    portal: _Portal,
    *,
    hours: Annotated[
        int,
        typer.Option(min=0, max=_MOST_HOURS, help="Heures pendant lesquelles les deux signent."),
    ] = 24,
) -> None:
    """Fait un autre secret et le montre une fois ; l'ancien signe encore, le temps d'un échange."""
    from services.command.records import webhooks  # noqa: PLC0415 -- quick help
    from services.command.records.desk import at_desk, say  # noqa: PLC0415 -- idem
    from services.command.records.parts import said  # noqa: PLC0415 -- idem

    with at_desk() as desk:
        kept = timedelta(hours=hours)
        secret, until = webhooks.rotate(desk.connection, desk.hand, desk.ring(), portal, kept=kept)
    typer.echo(secret)
    say(
        "Ce secret ne sera plus jamais montré : remettez-le au portail. "
        f"L'ancien signe aussi jusqu'au {said(until)}."
    )


@app.command("test")
def test(portal: _Portal) -> None:
    """Envoie un événement d'essai, signé, et dit ce qu'il en est ; sort en 1 s'il n'arrive pas."""
    from services.command.records import webhooks  # noqa: PLC0415 -- quick help
    from services.command.records.desk import at_desk, give_up, say  # noqa: PLC0415 -- idem
    from shared.protocol.delivering import mending  # noqa: PLC0415 -- idem

    with at_desk() as desk:
        webhook = webhooks.find(desk.connection, portal)
        if webhook.stopped_at is not None:
            give_up("Ce webhook est arrêté : relancez-le avec « berceau portal webhook set ».")
        event = mending.begin_trial(desk.connection, webhook.portal_id)
    came = _tried(event)
    if came.status != "DELIVERED":
        give_up(_failed(came), code=1)
    say(f"Reçu : le portail a répondu {came.http_status}.")


@app.command("remove")
def remove(portal: _Portal) -> None:
    """Retire le webhook d'un portail : ce qui attendait ne lui sera plus livré."""
    from services.command.records import webhooks  # noqa: PLC0415 -- quick help
    from services.command.records.desk import at_desk, say  # noqa: PLC0415 -- idem

    with at_desk() as desk:
        buried = webhooks.remove(desk.connection, desk.hand, portal)
    say(f"Le portail « {portal} » n'est plus prévenu. Livraisons abandonnées : {buried}.")


def _tried(event: UUID) -> "CameTo":
    """What a trial came to, once it did."""
    from services.command.records.desk import at_desk, give_up  # noqa: PLC0415 -- quick help
    from shared.protocol.delivering.mending import DeliveryStatus, came_to  # noqa: PLC0415 -- idem

    deadline = time.monotonic() + _TRIED_WITHIN_S
    while True:
        with at_desk() as desk:
            came = came_to(desk.connection, event)
        if came.status is not DeliveryStatus.WAITING:
            return came
        if time.monotonic() >= deadline:
            give_up("Pas encore essayé : voyez si « berceau notifier » tourne.", code=1)
        time.sleep(_LOOK_S)


def _failed(came: "CameTo") -> str:
    from shared.watching.words import delivery_words  # noqa: PLC0415 -- quick help

    return f"L'essai a échoué : {delivery_words(came.outcome, came.http_status)}."
