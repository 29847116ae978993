"""The proxy: stands between the services and a server, cuts connections and swallows replies."""

import asyncio
import socket
import struct
import threading
from collections.abc import Callable
from types import TracebackType
from typing import Self

_CHUNK = 65_536
_BEGIN_S, _END_S = 10.0, 1.0


class Proxy:
    """Forwards TCP from a port of its own to `port` of this machine, in a thread of its own.

    A context manager. `number` is the port to connect to.
    """

    def __init__(self, port: int, *, host: str = "127.0.0.1") -> None:
        self._host = host
        self._port = port
        self._mute = False
        self._open: set[asyncio.StreamWriter] = set()
        self._talks: set[asyncio.Task[None]] = set()
        self._ready = threading.Event()
        self._thread = threading.Thread(target=self._run, name="proxy", daemon=True)
        self.swallowed = 0
        self.number = 0

    def __enter__(self) -> Self:
        self._thread.start()
        if not self._ready.wait(_BEGIN_S):
            raise TimeoutError("the proxy never began")
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._loop.call_soon_threadsafe(self._over.set)
        self._thread.join()

    def cut(self) -> None:
        """End every connection, both ways."""
        self._do(self._cut)

    def mute(self) -> None:
        """Swallow what the server answers from now on; what is sent to it still arrives."""
        self._do(lambda: setattr(self, "_mute", True))

    def speak(self) -> None:
        """Swallow no more; connections that missed something are cut."""
        self._do(self._speak)

    def _do(self, what: Callable[[], None]) -> None:
        self._loop.call_soon_threadsafe(what)

    def _cut(self) -> None:
        for writer in self._open:
            _reset(writer)

    def _speak(self) -> None:
        self._cut()
        self._mute = False

    def _run(self) -> None:
        asyncio.run(self._serve())

    async def _serve(self) -> None:
        self._loop, self._over = asyncio.get_running_loop(), asyncio.Event()
        server = await asyncio.start_server(self._begin, self._host, 0)
        self.number = server.sockets[0].getsockname()[1]
        self._ready.set()
        await self._over.wait()
        server.close()
        self._cut()
        if self._talks:
            await asyncio.wait(self._talks, timeout=_END_S)

    def _begin(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        talk = asyncio.create_task(self._through(reader, writer))
        self._talks.add(talk)
        talk.add_done_callback(self._talks.discard)

    async def _through(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            from_server, to_server = await asyncio.open_connection(self._host, self._port)
        except OSError:
            _reset(writer)
            return
        both = {writer, to_server}
        self._open |= both
        ways = [self._pump(reader, to_server), self._pump(from_server, writer, replies=True)]
        try:
            await asyncio.wait(
                [asyncio.create_task(way) for way in ways], return_when=asyncio.FIRST_COMPLETED
            )
        finally:
            self._open -= both
            for one in both:
                _reset(one)

    async def _pump(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, *, replies: bool = False
    ) -> None:
        try:
            while data := await reader.read(_CHUNK):
                if replies and self._mute:
                    self.swallowed += len(data)
                    continue
                writer.write(data)
                await writer.drain()
        except OSError:
            return


def _reset(writer: asyncio.StreamWriter) -> None:
    """End a connection as a cut wire does, without a goodbye."""
    if writer.is_closing():
        return
    linger = struct.pack("ii", 1, 0)
    writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
    writer.transport.abort()
