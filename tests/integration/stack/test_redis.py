"""The embedded Redis, real or fake: a doorbell between processes."""

import sys
import time
from pathlib import Path

import dramatiq
import pytest
import redis
from dramatiq.brokers.redis import RedisBroker
from redis.backoff import NoBackoff
from redis.retry import Retry

from services.command.stack.home import Home
from services.command.stack.program import Program
from services.command.stack.redis import EmbeddedRedis, Kind
from services.command.stack.supervisor import Supervisor

pytestmark = pytest.mark.stack

BELL = Path(__file__).with_name("bell.py")
KINDS = [Kind.FAKE, pytest.param(Kind.REAL, marks=pytest.mark.redis_server)]


@pytest.mark.parametrize("kind", KINDS)
def test_it_carries_messages_between_processes(tmp_path: Path, kind: Kind) -> None:
    """Each of twenty messages sent by dramatiq is heard once, in another process."""
    home = Home(tmp_path / "home")
    server = EmbeddedRedis(home.path, kind=kind)
    with Supervisor(home) as stack, redis.Redis.from_url(server.url) as client:
        stack.start(server.program())
        stack.start(Program(name="bell", argv=[sys.executable, str(BELL), server.url]))
        broker = RedisBroker(  # type: ignore[no-untyped-call]
            url=server.url
        )
        for number in range(20):
            broker.enqueue(_message(number))
        broker.close()
        deadline = time.monotonic() + 10
        while client.llen("heard") < 20 and time.monotonic() < deadline:
            time.sleep(0.05)
        assert list(range(20)) == sorted(int(heard) for heard in client.lrange("heard", 0, -1))


def _message(number: int) -> dramatiq.Message[None]:
    return dramatiq.Message(
        queue_name="default", actor_name="ring", args=(number,), kwargs={}, options={}
    )


@pytest.mark.parametrize("kind", KINDS)
def test_it_comes_back_where_it_was(tmp_path: Path, kind: Kind) -> None:
    """A Redis that is killed is restarted on the same port: its URL stays good."""
    home = Home(tmp_path / "home")
    server = EmbeddedRedis(home.path, kind=kind)
    with Supervisor(home) as stack:
        stack.start(server.program())
        before = stack.pids("redis")
        stack.kill("redis")
        deadline = time.monotonic() + 10
        while (stack.pids("redis") in ([], before) or not server.ready()) and (
            time.monotonic() < deadline
        ):
            time.sleep(0.05)
        assert server.ready()


@pytest.mark.parametrize("kind", KINDS)
def test_an_error_is_an_answer(tmp_path: Path, kind: Kind) -> None:
    """An error does not end the connection: what the client asks next is answered."""
    never = Retry(NoBackoff(), 0)
    with (
        EmbeddedRedis(tmp_path, kind=kind) as server,
        redis.Redis.from_url(server.url, single_connection_client=True, retry=never) as client,
    ):
        with pytest.raises(redis.exceptions.NoScriptError):
            client.evalsha("0" * 40, 0)
        with pytest.raises(redis.ResponseError):
            client.execute_command("NEVERHEARD")
        assert client.ping()


@pytest.mark.redis_server
def test_the_real_one_never_evicts_and_keeps_what_it_has(tmp_path: Path) -> None:
    """It refuses writes rather than evict, writes its log every second, and finds it again."""
    home = tmp_path / "a home"
    settings = {
        "appendonly": "yes",
        "appendfsync": "everysec",
        "maxmemory-policy": "noeviction",
        "save": "",
        "bind": "127.0.0.1",
    }
    with EmbeddedRedis(home) as server, redis.Redis.from_url(server.url) as client:
        found = {name: client.config_get(name)[name] for name in settings}
        client.set("kept", "42")
    assert (Kind.REAL, settings) == (server.kind, found)
    with EmbeddedRedis(home) as server, redis.Redis.from_url(server.url) as client:
        assert b"42" == client.get("kept")


@pytest.mark.redis_server
def test_the_real_one_wants_its_password(tmp_path: Path) -> None:
    """Without the password nothing is answered; the password is in no argument."""
    with EmbeddedRedis(tmp_path) as server:
        with (
            redis.Redis.from_url(f"redis://127.0.0.1:{server._port.number}") as stranger,
            pytest.raises(redis.AuthenticationError),
        ):
            stranger.ping()
        assert server._password not in " ".join(server.program().argv)
    assert 0o600 == (tmp_path / "secrets/redis.conf").stat().st_mode & 0o777
