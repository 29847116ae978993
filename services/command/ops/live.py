"""Live: the queues as lines and JSON, and the whole overview on one screen, again and again."""

import json
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from functools import partial

import typer
from rich import box
from rich.console import Console, Group, RenderableType
from rich.live import Live
from rich.table import Table
from rich.text import Text
from sqlalchemy.exc import SQLAlchemyError

from services.command.records.desk import give_up
from services.command.records.verbs import table
from services.command.screen import screen
from services.command.status import settings_or_exit
from shared.maintenance import NO_WINDOWS, Calendar, announced
from shared.protocol.sampling import ALL
from shared.queue.broker import open_redis
from shared.store.engine import open_engine
from shared.watching import words
from shared.watching.glass import Glass
from shared.watching.operating_words import pace_used
from shared.watching.overlooking import Sources, read_overview
from shared.watching.overview import LaneFlow, Overview, Provider, QueueNow
from shared.watching.plain import plain

_EVERY_S = 2.0
_REDIS_PATIENCE_S = 2.0
_BARS = " ▁▂▃▄▅▆▇█"
_HEADS = ("file", "dus", "sonnés", "en main", "le plus ancien", "par minute", "")
_SILENT = "PostgreSQL ne répond pas, ou n'a pas ses tables : voir « berceau doctor »."


def show_queues(*, as_json: bool) -> None:
    """Each queue: due, rung, in flight, the oldest, what left it in a minute."""
    with _reading() as read:
        now = _read_or_exit(read)
    if as_json:
        typer.echo(json.dumps([_plain_queue(one) for one in now.queues], ensure_ascii=False))
        return
    table(_HEADS, [_queue_cells(one) for one in now.queues])


def top(*, once: bool, as_json: bool) -> None:
    """The overview: once, or again every two seconds until Ctrl-C."""
    with _reading() as read:
        if as_json:
            content = asdict(_read_or_exit(read))
            typer.echo(json.dumps(content, ensure_ascii=False, default=plain))
        elif once:
            Console().print(overview_screen(_read_or_exit(read)))
        else:
            _watch(Glass(read).look)


def overview_screen(now: Overview) -> RenderableType:
    """Queues and providers first, then what `berceau status` shows."""
    return Group(_flows(now), _queues(now), _providers(now), screen(now.snapshot))


@contextmanager
def _reading() -> Iterator[Callable[[], Overview]]:
    settings = settings_or_exit()
    engine = open_engine(settings.database_url.get_secret_value(), name="top", connections=1)
    client = open_redis(settings.redis_url.get_secret_value(), timeout_s=_REDIS_PATIENCE_S)
    calendar = Calendar(announced()) if settings.maintenance else NO_WINDOWS
    namespace, window = settings.redis_namespace, settings.ring_window
    try:
        yield partial(read_overview, Sources(engine, client, namespace, window, calendar))
    finally:
        engine.dispose()
        client.close()


def _watch(look: Callable[[], Overview]) -> None:
    try:
        with Live(overview_screen(_read_or_exit(look)), auto_refresh=False, screen=True) as live:
            while True:
                time.sleep(_EVERY_S)
                live.update(overview_screen(_read_or_exit(look)), refresh=True)
    except KeyboardInterrupt:
        return


def _read_or_exit(read: Callable[[], Overview]) -> Overview:
    try:
        return read()
    except SQLAlchemyError:
        give_up(_SILENT)


def _queue_cells(one: QueueNow) -> list[str]:
    return [
        one.name,
        words.at_least(one.due),
        "inconnu" if one.rung is None else words.number(one.rung),
        words.number(one.held),
        words.duration(one.oldest),
        "—" if one.a_minute is None else words.number(one.a_minute),
        "" if one.paused is None else f"suspendue : {one.paused}",
    ]


def _plain_queue(one: QueueNow) -> dict[str, object]:
    oldest = None if one.oldest is None else one.oldest.total_seconds()
    return {"queue": one.name, **asdict(one), "oldest": oldest}


def _queues(now: Overview) -> RenderableType:
    shown = Table(box=box.SIMPLE_HEAD)
    for name in (*_HEADS, "dus, 1 h"):
        shown.add_column(name, justify="left" if name in {"file", ""} else "right")
    for one in now.queues:
        series = now.series.get(one.name)
        curve = _curve([point.due for point in series.hour]) if series else ""
        shown.add_row(*map(Text, [*_queue_cells(one), curve]))
    return shown


def _flows(now: Overview) -> RenderableType:
    text = Text("\n".join(_flow(one) for one in now.flows))
    every = now.series.get(ALL)
    if every is not None and every.hour:
        text.append(f"\nDécidés par minute, 1 h : {_curve([p.through for p in every.hour])}")
    return text


def _flow(one: LaneFlow) -> str:
    within = "—" if one.within is None else f"{100 * one.within:.0f} %"
    return words.typeset(
        f"{words.LANES[one.lane]} : {words.at_least(one.decided)} décidés en une heure, "
        f"{words.duration(one.half)} (un sur deux), {words.duration(one.most)} (95 %), "
        f"{within} en moins de {words.duration(one.target)}"
    )


def _providers(now: Overview) -> RenderableType:
    return Text("\n".join(words.typeset(_provider(one)) for one in now.providers))


def _provider(one: Provider) -> str:
    trouble = [
        f"suspendu : {one.paused}" if one.paused is not None else "",
        f"arrêté : {one.stopped}, nouvel essai {words.moment(one.tried_at)}" if one.stopped else "",
        "en maintenance" if one.maintenance else "",
    ]
    told = " ; ".join(filter(None, trouble)) or "ouvert"
    ends = f", jeton jusqu'au {one.token_expires_at:%d/%m/%Y}" if one.token_expires_at else ""
    pace = f"{one.pace}/s, permis en une minute : {pace_used(one.used, one.allowed)}"
    return f"{one.habilitation} · {one.endpoint} : {told} ({pace}{ends})"


def _curve(values: list[int]) -> str:
    """A curve of one line, its highest point at the top."""
    highest = max(values, default=0)
    return "".join(_BARS[round(8 * value / highest)] if highest else _BARS[0] for value in values)
