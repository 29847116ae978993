"""Harm: does to one call what the board says, around whatever would have answered it."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any

from services.simulator.api.answers import HANGING, HUNG_UP, Answer, as_json
from services.simulator.api.faults.board import Board
from services.simulator.api.faults.rules import Effect, Rule, Target

Asking = Callable[[], Awaitable[Answer]]
Refusing = Callable[[int], Answer]


async def through(
    board: Board,
    target: Target,
    ask: Asking,
    refuse: Refusing,
    *,
    remembered: Answer | None = None,
) -> Answer:
    """The answer to a call, after the faults that strike it.

    `refuse` says a status in the API's own words. What is `remembered` takes no time and asks
    nobody, but is struck like the rest: faults stand between the API and its caller.
    """
    if remembered is None:
        await asyncio.sleep(board.delay_s(target))
    struck = board.struck(target)
    for each in struck:
        instead = _instead(each, refuse)
        if instead is not None:
            return instead
    answer = remembered or await ask()
    for each in struck:
        answer = _spoiled(each, answer)
    return answer


def _instead(struck: Rule, refuse: Refusing) -> Answer | None:
    """What is answered without asking anybody."""
    match struck.effect:
        case Effect.STATUS:
            return refuse(struck.status)
        case Effect.HTML:
            return front_page(struck.status)
        case Effect.CLOSED:
            return HUNG_UP
        case Effect.HANG:
            return HANGING
        case _:
            return None


def front_page(status: int) -> Answer:
    """A bare page of the front server, no JSON."""
    return Answer(status, f"<html><h1>{status}</h1></html>".encode(), media_type="text/html")


def cut(answer: Answer) -> Answer:
    """The first half of an answer; nothing will be remembered of it."""
    return replace(answer, body=answer.body[: len(answer.body) // 2], sound=False)


def _spoiled(struck: Rule, answer: Answer) -> Answer:
    match struck.effect:
        case Effect.TRUNCATED:
            return cut(answer)
        case Effect.PARTIAL_DATES:
            return _changed(answer, _with_partial_dates)
        case Effect.ABSENT:
            return _changed(answer, lambda content: _without(content, struck.key))
        case _:
            return answer


def _changed(answer: Answer, change: Callable[[Any], Any]) -> Answer:
    try:
        content = answer.content()
    except ValueError:
        return answer
    return replace(answer, body=as_json(change(content)), sound=False)


def _with_partial_dates(content: Any) -> Any:  # noqa: ANN401
    """Birth dates without their day; the months go too for whoever was born in an even month."""
    match content:
        case dict():
            return {
                key: _partial(value) if key == "date_naissance" else _with_partial_dates(value)
                for key, value in content.items()
            }
        case list():
            return [_with_partial_dates(each) for each in content]
        case _:
            return content


def _partial(birth: str | None) -> str | None:
    if not birth:
        return birth
    year, month, _ = birth.split("-")
    return f"{year}-{'00' if int(month) % 2 == 0 else month}-00"


def _without(content: Any, key: str) -> Any:  # noqa: ANN401
    match content:
        case dict():
            return {name: _without(each, key) for name, each in content.items() if name != key}
        case list():
            return [_without(each, key) for each in content]
        case _:
            return content
