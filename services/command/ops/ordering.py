"""Ordering: an order for some references, at once, or for all that is sought, in the background."""

import json
import time
from collections import Counter
from collections.abc import Sequence
from uuid import UUID

import typer

from services.command.ops.desk import MISSING, OpsDesk
from services.command.ops.following import action_json, action_line
from services.command.ops.options import Asked
from services.command.records.desk import give_up, say
from shared.protocol.operating import actions, bulk
from shared.protocol.operating.acting import TOGETHER, act
from shared.protocol.operating.actions import ActionState
from shared.protocol.operating.orders import CameTo, Order
from shared.protocol.operating.previewing import Preview, preview
from shared.seeking.sought import Sought
from shared.watching import words
from shared.watching.operating_words import CAME_TO, VERBS, came_words

_LOOKS_EVERY_S = 1.0


def order_these(desk: OpsDesk, references: Sequence[str], order: Order, *, as_json: bool) -> None:
    """Act on a few applications by their references, and tell what it came to for each."""
    if len(references) > TOGETHER:
        give_up(f"{TOGETHER} références au plus : au-delà, donnez des filtres.")
    with desk.engine.begin() as connection:
        ids = dict(zip(references, desk.ids(connection, references), strict=True))
        came = act(connection, list(dict.fromkeys(ids.values())), order)
    told = {reference: came[id_] for reference, id_ in ids.items()}
    if as_json:
        typer.echo(json.dumps(told, ensure_ascii=False))
    else:
        for reference, said in told.items():
            typer.echo(f"{reference} : {CAME_TO[said]}")
    if CameTo.DONE not in told.values() and set(told.values()) != {CameTo.ALREADY}:
        raise typer.Exit(MISSING)


def order_all(desk: OpsDesk, sought: Sought, order: Order, how: Asked) -> None:
    """Preview, have confirmed, and start an action; if asked, follow it to its end."""
    if sought.everything:
        give_up("Donnez une référence, ou au moins un filtre : tout ne se prend pas d'un coup.")
    with desk.engine.connect() as connection:
        seen = preview(connection, sought, order.verb)
    say(_previewed(seen, order))
    if seen.too_many:
        give_up("C'est trop pour une action : resserrez les filtres.")
    if seen.total == 0:
        raise typer.Exit(MISSING)
    if not how.yes:
        typer.confirm(f"{VERBS[order.verb].capitalize()} ?", abort=True, err=True)
    try:
        with desk.engine.begin() as connection:
            action = bulk.start(connection, sought, order, at_most=seen.total)
    except bulk.TooManyError as more:
        give_up(f"Il y en a maintenant plus de {words.number(more.most)} : recommencez.")
    if how.wait:
        _follow(desk, action)
    _tell(desk, action, as_json=how.as_json)


def _previewed(seen: Preview, order: Order) -> str:
    states = ", ".join(
        f"{words.number(n)} {words.status_words(status)}"
        for status, n in Counter(seen.found).most_common()
    )
    found = words.counted(seen.total, "dossier") + (f" ({states})" if states else "")
    line = f"{found} ; « {VERBS[order.verb]} » a un effet sur {words.number(seen.fits)}."
    if seen.at_pace:
        line += f" Au rythme des fournisseurs : {words.duration(seen.at_pace)} au moins."
    return line


def _follow(desk: OpsDesk, action: UUID) -> None:
    """A line a second on stderr, until it is over or paused."""
    while True:
        with desk.engine.connect() as connection:
            found = actions.find(connection, action)
            if found is None or found.state is not ActionState.RUNNING:
                return
            progress = actions.progress_of(connection, found)
        share, left = f"{100 * progress.share:.0f} %", words.number(progress.left)
        say(words.typeset(f"{share} · {left} à faire"))
        time.sleep(_LOOKS_EVERY_S)


def _tell(desk: OpsDesk, action: UUID, *, as_json: bool) -> None:
    with desk.engine.connect() as connection:
        found = actions.find(connection, action)
        if found is None:
            give_up("Cette action n'est plus là.", code=MISSING)
        progress = actions.progress_of(connection, found)
    if as_json:
        typer.echo(action_json(found, progress))
        return
    typer.echo(action_line(found, progress))
    if progress.skipped:
        typer.echo(f"Laissés : {came_words(progress.skipped)}.")
    if found.state is ActionState.RUNNING:
        say(f"La suite : « berceau ops actions show {action} ».")
