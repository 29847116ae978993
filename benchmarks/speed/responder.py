"""The responder: the simulator's own answers, each made once and given again, after a latency.

    python -m benchmarks.speed.responder --port 20001 --population 2000 --seed 7 --latency-ms 20

The simulator is one Python process behind a whole web framework, slower than what is measured here.
So its application answers each question once, in this process, and the bytes are kept.
"""

import argparse
import asyncio
import os
from collections.abc import Mapping

import httpx

from services.simulator.api.app import build_app
from services.simulator.api.config import Config, Token
from services.simulator.options import TOKEN_VARIABLE

_END = b"\r\n\r\n"
_HOST = "127.0.0.1"
_KEPT = frozenset({200, 404, 422})  # what would be answered again
_CALLS_A_SECOND = 1_000_000  # told to callers, never reached


class Tape:
    """What was answered to each question, as bytes on the wire; new questions go to `app`."""

    def __init__(self, app: httpx.AsyncClient) -> None:
        self._app = app
        self._kept: dict[bytes, bytes] = {}

    def known(self, head: bytes) -> bytes | None:
        """The answer to a request (its line and headers), if it was asked before."""
        return self._kept.get(_question(head))

    async def ask(self, head: bytes) -> bytes:
        """The application's answer, kept where it would be the same again."""
        target, headers = _read(head)
        answer = await self._app.get(target, headers=headers)
        told = _on_the_wire(answer)
        if answer.status_code in _KEPT:
            self._kept[_question(head)] = told
        return told


class Conversation(asyncio.Protocol):
    """One connection: requests without a body, one after the other."""

    def __init__(self, tape: Tape, *, latency_s: float) -> None:
        self._tape = tape
        self._latency_s = latency_s
        self._loop = asyncio.get_running_loop()
        self._rest = b""
        self._asking: set[asyncio.Task[None]] = set()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)  # noqa: S101 - a TCP server's
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        *heads, self._rest = (self._rest + data).split(_END)
        for head in heads:
            known = self._tape.known(head)
            if known is None:
                task = self._loop.create_task(self._ask(head))
                self._asking.add(task)
                task.add_done_callback(self._asking.discard)
            else:
                self._loop.call_later(self._latency_s, self._tell, known)

    async def _ask(self, head: bytes) -> None:
        answer = await self._tape.ask(head)
        await asyncio.sleep(self._latency_s)
        self._tell(answer)

    def _tell(self, answer: bytes) -> None:
        if not self._transport.is_closing():
            self._transport.write(answer)


def _question(head: bytes) -> bytes:
    """The request's line; all who ask here have the same token."""
    return head.partition(b"\r\n")[0]


def _read(head: bytes) -> tuple[str, Mapping[str, str]]:
    first, *lines = head.decode("latin-1").split("\r\n")
    pairs = (line.partition(":") for line in lines)
    return first.split(" ")[1], {name: value.strip() for name, _, value in pairs}


def _on_the_wire(answer: httpx.Response) -> bytes:
    lines = [
        f"HTTP/1.1 {answer.status_code} {answer.reason_phrase}",
        *(f"{name}: {value}" for name, value in answer.headers.items()),
    ]
    return "\r\n".join(lines).encode("latin-1") + _END + answer.content


async def serve(config: Config, *, port: int, latency_s: float) -> None:
    """Answer until ended."""
    transport = httpx.ASGITransport(app=build_app(config))
    async with httpx.AsyncClient(transport=transport, base_url=f"http://{_HOST}:{port}") as app:
        tape, loop = Tape(app), asyncio.get_running_loop()
        server = await loop.create_server(
            lambda: Conversation(tape, latency_s=latency_s), _HOST, port, backlog=512
        )
        await server.serve_forever()


def _asked() -> argparse.Namespace:
    options = argparse.ArgumentParser()
    for name in ("--port", "--population", "--seed", "--latency-ms"):
        options.add_argument(name, type=int, required=True)
    return options.parse_args()


def main() -> None:
    """Serve on the command line's port; the token that is accepted comes from the environment."""
    asked = _asked()
    config = Config(
        tokens={os.environ[TOKEN_VARIABLE]: Token()},
        seed=asked.seed,
        population=asked.population,
        rate_limit=_CALLS_A_SECOND,
        address_limit=None,
        ban_after=0,
        windows=False,
    )
    asyncio.run(serve(config, port=asked.port, latency_s=asked.latency_ms / 1_000))


if __name__ == "__main__":
    main()
