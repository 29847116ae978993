"""What a token says of its end, and a Redis that does not know a command."""

import base64
import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from redis.exceptions import ConnectionError as RedisDown
from redis.exceptions import ResponseError

from services.command.diagnosis.facts import Doorbells
from services.command.diagnosis.gathering import _doorbells
from services.command.diagnosis.record import end_of_token


def _jwt(payload: Any) -> str:
    body = base64.urlsafe_b64encode(json.dumps(payload).encode()).decode().rstrip("=")
    return f"e30.{body}.signature"


class Answers:
    """A Redis that answers what it is told to, or raises it."""

    def __init__(self, *, info: Any, ping: Any = True) -> None:
        self._info, self._ping = info, ping

    def _say(self, answer: Any) -> Any:
        if isinstance(answer, Exception):
            raise answer
        return answer

    def ping(self) -> Any:
        return self._say(self._ping)

    def time(self) -> tuple[int, int]:
        return int(datetime.now(UTC).timestamp()) + 60, 0

    def info(self) -> Any:
        return self._say(self._info)


def test_the_end_of_a_token_is_read_without_its_key() -> None:
    """`exp` is all that is wanted of it."""
    assert datetime(2036, 4, 20, 7, 34, 54, tzinfo=UTC) == end_of_token(_jwt({"exp": 2092289694}))


@pytest.mark.parametrize(
    "token",
    [
        "",
        "opaque",
        "a.b.c",
        "a.é.c",
        _jwt({}),
        _jwt([]),
        _jwt({"exp": None}),
        _jwt({"exp": "demain"}),
        _jwt({"exp": 1e300}),
        _jwt({"exp": float("inf")}),
    ],
)
def test_a_token_that_does_not_say_is_not_an_error(token: str) -> None:
    """An opaque token is used all the same; its end is not known."""
    assert end_of_token(token) is None


def test_a_real_redis_is_read() -> None:
    """Policy, writing, memory and clock, from one INFO."""
    info = {
        "maxmemory_policy": "noeviction",
        "aof_enabled": 1,
        "used_memory": 10,
        "maxmemory": 100,
    }

    seen = _doorbells(Answers(info=info))  # type: ignore[arg-type]

    assert seen is not None
    assert seen.skew is not None
    assert timedelta(seconds=58) < seen.skew < timedelta(seconds=62)
    assert Doorbells(seen.skew, "noeviction", append_only=True, used=10, limit=100) == seen


def test_a_command_not_known_is_not_known() -> None:
    """A fake or a hosted Redis without INFO is neither fine nor broken."""
    seen = _doorbells(Answers(info=ResponseError("unknown command 'INFO'")))  # type: ignore[arg-type]

    assert seen is not None
    assert (None, None, None) == (seen.policy, seen.append_only, seen.used)


def test_a_redis_that_is_down_is_a_fact() -> None:
    """No exception leaves the gathering."""
    down = Answers(info={}, ping=RedisDown("refused"))

    assert _doorbells(down) is None  # type: ignore[arg-type]
