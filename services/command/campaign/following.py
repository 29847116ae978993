"""Following: campaigns on a terminal or as JSON, once or until their end."""

import json
import time
from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

import typer

from services.command.campaign.desk import found, opens_at
from services.command.campaign.words import campaign_lines, one_line
from services.command.records.desk import at_desk
from shared.campaigns import CampaignState
from shared.protocol.campaigning.progress import CampaignTold, Progress, latest, progress_of

_MOST_LISTED = 20
_EVERY_S = 2.0
_GOING = {CampaignState.RUNNING, CampaignState.PAUSED}


def list_all(*, as_json: bool) -> None:
    """The last campaigns, a line each."""
    with at_desk() as desk:
        told = [
            (one, progress_of(desk.connection, one.id))
            for one in latest(desk.connection, _MOST_LISTED)
        ]
    if as_json:
        typer.echo(json.dumps([plain(*one) for one in told], ensure_ascii=False))
    else:
        typer.echo("\n".join(one_line(*one) for one in told) or "Aucune campagne.")


def show(code: str, *, follow: bool, as_json: bool) -> None:
    """One campaign, again and again until its end when it is followed."""
    for told, at in _looks(code, follow=follow):
        if as_json:
            typer.echo(json.dumps(plain(told, at), ensure_ascii=False))
        else:
            typer.echo("\n".join(campaign_lines(told, at, opens_at=opens_at(told))))


def plain(told: CampaignTold, at: Progress) -> dict[str, Any]:
    """A campaign and its progress as JSON values: ISO 8601 times in UTC, lengths in seconds."""
    effective_on = None if told.effective_on is None else told.effective_on.isoformat()
    finished_at = None if told.finished_at is None else told.finished_at.isoformat()
    known = asdict(at) | {
        "members": at.members,
        "fed": at.fed,
        "back": at.back,
        "next_wake": None if at.next_wake is None else at.next_wake.isoformat(),
        "left": None if at.left is None else at.left.total_seconds(),
    }
    return {
        "code": told.code,
        "authority": told.authority,
        "scheme": told.scheme,
        "kind": told.kind,
        "state": told.state,
        "effective_on": effective_on,
        "tariff": told.tariff,
        "drafts": told.drafts,
        "started_at": told.started_at.isoformat(),
        "started_by": told.started_by,
        "finished_at": finished_at,
        "progress": known,
    }


def _looks(code: str, *, follow: bool) -> Iterator[tuple[CampaignTold, Progress]]:
    while True:
        with at_desk() as desk:
            told = found(desk.connection, code)
            at = progress_of(desk.connection, told.id)
        yield told, at
        if not follow or told.state not in _GOING:
            return
        time.sleep(_EVERY_S)
