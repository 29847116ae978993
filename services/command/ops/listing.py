"""Listing: applications that are sought, as lines or JSON, and one with all that was done to it."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import date

import typer

from services.command.ops.desk import MISSING, OpsDesk
from services.command.records.desk import give_up, say
from services.command.records.verbs import table
from shared.blind_names import IndexKeys
from shared.protocol.operating import names
from shared.protocol.operating.noting import Noted, noted_of
from shared.seeking.sought import Sought
from shared.seeking.writing import written
from shared.watching import words
from shared.watching.operating_words import VERBS, outcome_words
from shared.watching.plain import plain
from shared.watching.searching import Listed, page, these
from shared.watching.timeline import Timeline, read_timeline

_HEADS = ("référence", "collectivité", "état", "motif", "voie", "reçu (UTC)", "dû (UTC)", "réponse")


def show_page(
    desk: OpsDesk, sought: Sought, *, after: str | None, most: int, as_json: bool
) -> None:
    """One page of what is sought, and how to ask for the next one."""
    with desk.engine.connect() as connection:
        found = page(connection, sought, after=after, most=most)
    if as_json:
        rows = [asdict(one) for one in found.rows]
        _echo({"sought": written(sought), "applications": rows, "after": found.after})
        return
    _table(found.rows)
    if found.after:
        say(f"La suite : --after '{found.after}'.")


def show_named(desk: OpsDesk, name: str, birth: date, why: str, *, as_json: bool) -> None:
    """Whoever's family name begins so and is born so; the search is written down."""
    file = desk.settings.index_key_file
    if file is None:
        give_up("BERCEAU_INDEX_KEY_FILE manque : aucun dossier n'est indexé par nom.")
    keys = IndexKeys.read(file)
    with desk.engine.begin() as connection:
        ids = names.search(connection, keys, name, birth, actor=desk.actor, why=why)
        rows = these(connection, ids)
    if as_json:
        _echo({"applications": [asdict(one) for one in rows]})
    else:
        _table(rows)


def show_one(desk: OpsDesk, reference: str, *, as_json: bool) -> None:
    """One application: where it stands, each step of it, who did what and why."""
    with desk.engine.connect() as connection:
        [id_] = desk.ids(connection, [reference])
        [listed] = these(connection, [id_])
        noted = noted_of(connection, id_)
    seen = read_timeline(desk.engine, listed.reference)
    if seen is None:
        give_up(f"Aucun dossier ne porte la référence {reference}.", code=MISSING)
    if as_json:
        acts = [asdict(one) for one in noted]
        _echo({**asdict(listed), "entries": [asdict(e) for e in seen.entries], "acts": acts})
        return
    _table([listed])
    _timeline(seen, {one.sequence: one for one in noted if one.sequence is not None})


def _table(rows: Sequence[Listed]) -> None:
    table(_HEADS, [_cells(one) for one in rows])
    say(words.counted(len(rows), "dossier"))


def _cells(one: Listed) -> list[str]:
    return [
        one.reference,
        one.authority,
        words.status_words(one.status) + (" (en main)" if one.held else ""),
        words.reason_words(one.reason),
        one.lane,
        words.moment(one.received_at),
        words.moment(one.due_at),
        outcome_words(one.outcome),
    ]


def _timeline(seen: Timeline, acts: Mapping[int, Noted]) -> None:
    typer.echo("")
    for entry in seen.entries:
        was = "" if entry.was is None else f"{words.status_words(entry.was)} → "
        reason = words.reason_words(entry.reason)
        told = f"{was}{words.status_words(entry.now)}" + (f" ({reason})" if reason else "")
        typer.echo(f"{words.moment(entry.at)}  {words.actor_words(entry.actor)} : {told}")
        if act := acts.get(entry.sequence):
            verb = next((said for one, said in VERBS.items() if one == act.act), act.act)
            typer.echo(f"    {verb} : {act.comment}")
    if seen.broken_at is not None:
        typer.echo(f"La chaîne de ce dossier est rompue à la ligne {seen.broken_at}.")


def _echo(content: object) -> None:
    typer.echo(json.dumps(content, ensure_ascii=False, default=plain))
