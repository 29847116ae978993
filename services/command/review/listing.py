"""Listing: what waits for a person, a line each, the oldest first; no personal data."""

import json
from collections.abc import Iterator, Sequence
from datetime import date

import typer
from sqlalchemy import Connection

from services.command.records.desk import give_up, say
from services.command.records.verbs import table
from services.command.review.office import Office
from shared.legal_clock import Clock
from shared.paris import day_in_paris
from shared.protocol.reviewing.holding import find, look
from shared.protocol.reviewing.waiting import Filter, Page, Waiting, page
from shared.scheme_rules import SilenceEffect

_HEADS = ("référence", "état", "motif", "dispositif", "reçu le", "attend depuis", "silence")
_MEANS = {SilenceEffect.ACCEPTANCE: "acceptation", SilenceEffect.REJECTION: "rejet"}


def list_waiting(
    office: Office, wanted: Filter, *, after: str | None, most: int, as_json: bool
) -> None:
    """One page: lines for people, or one line of JSON."""
    with office.engine.connect() as connection:
        cursor = None
        if after is not None:
            id_ = find(connection, after)
            one = None if id_ is None else look(connection, id_)
            if one is None:
                give_up(f"Aucun dossier ne porte la référence {after}.", code=1)
            cursor = (one.received_at, one.id)
        found = page(connection, wanted, office.today, after=cursor, most=most)
        following = _reference_of(connection, found)
    if as_json:
        content = {"waiting": [plain(one, office.today) for one in found.waiting]}
        typer.echo(json.dumps({**content, "after": following}, ensure_ascii=False))
    else:
        _tell(found, office.today, following)


def _reference_of(connection: Connection, found: Page) -> str | None:
    """The reference after which the next page begins, if there may be one."""
    if found.after is None:
        return None
    one = look(connection, found.after[1])
    return None if one is None else one.reference


def _tell(found: Page, today: date, following: str | None) -> None:
    if found.waiting:
        table(_HEADS, _rows(found.waiting, today))
    else:
        say("Rien n'attend une personne ici.")
    if following is not None:
        say(f"La suite : « berceau review list --after {following} ».")


def _rows(waiting: Sequence[Waiting], today: date) -> Iterator[Sequence[str]]:
    for one in waiting:
        yield (
            one.reference,
            one.state,
            one.reason or "",
            f"{one.authority}/{one.scheme}",
            f"{day_in_paris(one.received_at):%d/%m/%Y}",
            f"{(today - day_in_paris(one.moved_at)).days} j",
            clock_words(one.clock, today),
        )


def clock_words(clock: Clock | None, today: date) -> str:
    """`rejet dans 12 j`, `acceptation depuis 3 j`, with what makes it stand still."""
    if clock is None:
        return ""
    left = clock.days_left(today)
    means = _MEANS[clock.silence.effect]
    waits = " (pièces demandées)" if clock.waiting else ""
    if left is None:
        return f"{means} : arrêté{waits}"
    return f"{means} {f'dans {left} j' if left > 0 else f'depuis {-left} j'}{waits}"


def plain(one: Waiting, today: date) -> dict[str, object]:
    """As JSON values."""
    return {
        "reference": one.reference,
        "state": one.state,
        "reason": one.reason,
        "authority": one.authority,
        "scheme": one.scheme,
        "received_on": day_in_paris(one.received_at).isoformat(),
        "waiting_since": one.moved_at.isoformat(),
        "silence": clock_plain(one.clock, today),
    }


def clock_plain(clock: Clock | None, today: date) -> dict[str, object] | None:
    """A clock as JSON values."""
    if clock is None:
        return None
    return {
        "effect": clock.silence.effect,
        "on": None if clock.on is None else clock.on.isoformat(),
        "days_left": clock.days_left(today),
        "waiting": clock.waiting,
    }
