"""Curves: a small line for an hour or a day, with the sentence that says the same. Pure."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby

from shared.protocol.sampling import ALL
from shared.watching import words
from shared.watching.overview import Overview, Point, Series

WIDTH, HEIGHT = 200, 40
_MARGIN = 3
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
_PERCENT = 100


@dataclass(frozen=True, slots=True)
class Measure:
    """What a curve is of: its name, its value at a point, how a value is said."""

    name: str
    value: Callable[[Point], float | None]
    said: Callable[[float], str]


@dataclass(frozen=True, slots=True)
class Curve:
    """A curve: `lines` are SVG points in `WIDTH` × `HEIGHT`; `text` says it to who sees none."""

    lines: tuple[str, ...]
    text: str
    last: str


@dataclass(frozen=True, slots=True)
class Pair:
    """One measure: its last hour and its last day."""

    name: str
    hour: Curve
    day: Curve


def _seconds(value: timedelta | None) -> float | None:
    return None if value is None else value.total_seconds()


def _count(value: float) -> str:
    return words.number(round(value))


def _time(value: float) -> str:
    return words.duration(timedelta(seconds=value))


def _share(value: float) -> str:
    return f"{round(value * _PERCENT)}\u00a0%"


MEASURES = (
    Measure("Dossiers dus", lambda point: point.due, _count),
    Measure("Décidés par minute", lambda point: point.through, _count),
    Measure("Reçu → décidé, 95\u00a0%", lambda point: _seconds(point.most), _time),
    Measure("Dans l’objectif", lambda point: point.within, _share),
)
_DUE = MEASURES[0]


def pairs(overview: Overview) -> tuple[Pair, ...]:
    """The curves of all queues together; none where nothing was sampled, or nothing is in reach."""
    series = overview.series.get(ALL)
    if series is None or not series.day + series.hour:
        return ()
    at = overview.snapshot.taken_at
    return tuple(
        Pair(
            one.name,
            draw(one, series.hour, at - HOUR, at, "la dernière heure"),
            draw(one, series.day, at - DAY, at, "le dernier jour"),
        )
        for one in MEASURES
    )


def of_queue(overview: Overview, queue: str) -> Curve | None:
    """What was due in a queue over the last hour; None when nothing was sampled."""
    series = overview.series.get(queue, Series(queue))
    at = overview.snapshot.taken_at
    if not series.hour:
        return None
    return draw(_DUE, series.hour, at - HOUR, at, "la dernière heure")


def draw(
    measure: Measure, points: Sequence[Point], since: datetime, until: datetime, when: str
) -> Curve:
    """The curve of a measure between two times; where nothing is known the line is broken."""
    known = [value for point in points if (value := measure.value(point)) is not None]
    if not known:
        return Curve((), f"{measure.name}, {when} : rien de relevé", "—")
    top = max(known)
    lines = tuple(_lines(measure, points, since, until, top or 1.0))
    last = measure.value(points[-1])
    now = "—" if last is None else measure.said(last)
    least, most = measure.said(min(known)), measure.said(top)
    return Curve(lines, f"{measure.name}, {when} : de {least} à {most}, maintenant {now}", now)


def _lines(
    measure: Measure, points: Iterable[Point], since: datetime, until: datetime, top: float
) -> Iterator[str]:
    placed = ((point, measure.value(point)) for point in points)
    for known, some in groupby(placed, key=lambda one: one[1] is not None):
        if known:
            yield " ".join(
                _place(point.at, value or 0.0, since, until, top) for point, value in some
            )


def _place(at: datetime, value: float, since: datetime, until: datetime, top: float) -> str:
    across = min(1.0, max(0.0, (at - since) / (until - since)))
    up = (HEIGHT - 2 * _MARGIN) * value / top
    return f"{across * WIDTH:.1f},{HEIGHT - _MARGIN - up:.1f}"
