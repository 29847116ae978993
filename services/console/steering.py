"""Steering: what goes on by itself is followed on a page, and there paused, resumed or cancelled.

One piece for whatever can be steered: an action on many applications, a campaign.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any
from uuid import UUID

from fastapi import Response

from services.console.asking import Question, comment_of
from services.console.live import EVERY_S, Part, Watch
from services.console.matrix import EVERYBODY, Reach, Row, Verb, does, reads
from services.console.pages import render
from services.console.place import Place
from services.console.refusals import Refusal
from services.console.visit import Visit, Visiting
from shared.roles import Role


@dataclass(frozen=True, slots=True)
class Steer:
    """One way to steer: what it asks, its words, what is said once it is done, or too late.

    `do` steers what `Shown.of` is, in a transaction, by an actor and with a comment; False when it
    is too late.
    """

    ask: str
    text: str
    yes: str
    done: str
    too_late: str
    do: Callable[..., bool]
    danger: bool = False


@dataclass(frozen=True, slots=True)
class Shown:
    """One of them: what is steered, what its templates are given, whether it still goes on.

    `about` begins the question before it is steered: which one it is.
    """

    of: Any
    content: Mapping[str, Any]
    going: bool
    about: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Steered:
    """Things that go on, where one of them is shown and steered.

    Attributes:
        path: of one of them, as its route has it.
        page: its template; `part` is that of what is drawn anew.
        watch: who follows them.
        steers: the ways to steer, by the last word of their address.
        find: one of them, by its id; None when nobody in reach has it.
        missing: what is told of one that is not there.
    """

    path: str
    page: str
    part: str
    watch: Watch
    steers: Mapping[str, Steer]
    find: Callable[[Visit, UUID], Shown | None]
    missing: Refusal

    def open_routes(self, place: Place) -> None:
        """Add the routes of `rows_of`."""
        place.get(self.path)(self._show)
        place.get(f"{self.path}/evenements")(self._follow)
        for how in self.steers:
            place.post(f"{self.path}/{how}")(partial(self._order, how))

    def _show(self, visit: Visiting, pause: str = "") -> Response:
        shown = self._shown(visit)
        every = int(EVERY_S) if shown.going and not pause else None
        may = visit.may(Verb.POST, f"{self.path}/{next(iter(self.steers))}")
        return visit.page(self.page, refresh_s=every, going=shown.going, may=may, **shown.content)

    def _follow(self, visit: Visiting) -> Response:
        self._shown(visit)
        return self.watch.answer(visit, partial(self._drawn, visit))

    def _drawn(self, visit: Visit) -> Part:
        shown = self._shown(visit)
        return Part(render(self.part, **shown.content), over=not shown.going)

    def _order(self, how: str, visit: Visiting) -> Response:
        shown, steer = self._shown(visit), self.steers[how]
        path = self.path.format(**visit.request.path_params)
        question = Question(
            title=steer.ask,
            text=f"{shown.about}{steer.text}",
            action=f"{path}/{how}",
            yes=steer.yes,
            back=path,
            danger=steer.danger,
        )
        comment = comment_of(visit, question)
        if isinstance(comment, Response):
            return comment
        with visit.house.seen_by(visit.scope).begin() as connection:
            done = steer.do(connection, shown.of, actor=visit.actor, comment=comment)
        return visit.go(path, steer.done if done else steer.too_late)

    def _shown(self, visit: Visit) -> Shown:
        [given] = visit.request.path_params.values()
        try:
            shown = self.find(visit, UUID(given))
        except ValueError:
            shown = None
        if shown is None:
            raise self.missing
        return shown


def rows_of(path: str, steers: Iterable[str], roles: frozenset[Role]) -> tuple[Row, ...]:
    """The rows of one thing that goes on: everybody follows it, these roles steer it."""
    return (
        reads(path, EVERYBODY, Reach.OWN),
        reads(f"{path}/evenements", EVERYBODY, Reach.OWN),
        *(does(f"{path}/{how}", roles, Reach.OWN) for how in steers),
    )
