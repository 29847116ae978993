"""Following: bulk actions as lines or JSON, and steering them."""

import json
from collections.abc import Mapping
from typing import Any
from uuid import UUID

import typer

from services.command.ops.desk import MISSING, OpsDesk
from services.command.records.desk import give_up
from shared.protocol.operating import actions, bulk
from shared.protocol.operating.actions import Action, ActionProgress, ActionState
from shared.watching import words
from shared.watching.operating_words import ACTION_STATES, VERBS, came_words

_STEERS = {
    ActionState.PAUSED: bulk.pause,
    ActionState.RUNNING: bulk.resume,
    ActionState.CANCELLED: bulk.cancel,
}


def list_actions(desk: OpsDesk, *, as_json: bool) -> None:
    """The last actions, the newest first."""
    with desk.engine.connect() as connection:
        found = [(one, actions.progress_of(connection, one)) for one in actions.latest(connection)]
    if as_json:
        plain = [action_plain(*pair) for pair in found]
        typer.echo(json.dumps(plain, ensure_ascii=False))
        return
    for pair in found:
        typer.echo(action_line(*pair))


def show_action(desk: OpsDesk, action: UUID, *, as_json: bool) -> None:
    """One action: what was asked, how far it is, what was left and why."""
    with desk.engine.connect() as connection:
        found = actions.find(connection, action)
        if found is None:
            give_up(f"Aucune action ne s'appelle {action}.", code=MISSING)
        progress = actions.progress_of(connection, found)
    if as_json:
        typer.echo(action_json(found, progress))
        return
    typer.echo(action_line(found, progress))
    asked = f"{words.actor_words(found.order.actor)}, {words.moment(found.asked_at)} UTC"
    typer.echo(f"Demandée par : {asked}")
    typer.echo(f"Pourquoi : {found.order.comment}")
    typer.echo(f"Filtre : {found.sought or 'des dossiers choisis un à un'}")
    if progress.skipped:
        typer.echo(f"Laissés : {came_words(progress.skipped)}")
    if progress.remaining is not None:
        typer.echo(f"Reste : {words.duration(progress.remaining)} au rythme des dix dernières min")


def steer(desk: OpsDesk, action: UUID, now: ActionState, comment: str) -> None:
    """Pause, resume or cancel an action; the end of the command where it cannot."""
    with desk.engine.begin() as connection:
        found = actions.find(connection, action)
        if found is None:
            give_up(f"Aucune action ne s'appelle {action}.", code=MISSING)
        done = _STEERS[now](connection, action, actor=desk.actor, comment=comment)
    if not done:
        give_up(f"Cette action est {ACTION_STATES[found.state]} : rien à faire.", code=MISSING)
    typer.echo(f"Action {action} : {ACTION_STATES[now]}.")


def action_line(action: Action, progress: ActionProgress) -> str:
    """`<id>  relancer maintenant, en cours : 312 faits, 4 laissés, 184 à faire (63 %)`."""
    skipped = sum(progress.skipped.values())
    counts = (
        f"{words.number(progress.done)} faits, {words.number(skipped)} laissés, "
        f"{words.number(progress.left)} à faire ({100 * progress.share:.0f} %)"
    )
    what = f"{VERBS[action.order.verb]}, {ACTION_STATES[action.state]}"
    return words.typeset(f"{action.id}  {what} : {counts}")


def action_json(action: Action, progress: ActionProgress) -> str:
    """One line of JSON."""
    return json.dumps(action_plain(action, progress), ensure_ascii=False)


def action_plain(action: Action, progress: ActionProgress) -> Mapping[str, Any]:
    """An action and how far it is; lengths of time in seconds."""
    remaining = progress.remaining
    return {
        "id": str(action.id),
        **action.order.act(),
        "actor": action.order.actor,
        "sought": action.sought,
        "state": str(action.state),
        "asked_at": action.asked_at.isoformat(),
        "total": progress.total,
        "done": progress.done,
        "skipped": {str(said): n for said, n in progress.skipped.items()},
        "left": progress.left,
        "remaining_s": None if remaining is None else remaining.total_seconds(),
    }
