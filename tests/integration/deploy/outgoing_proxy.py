"""A small outgoing proxy: it tunnels (CONNECT) and forwards, to one place whatever the name asked.

So that names which exist nowhere lead to a simulator of this machine, by the proxy only.
"""

import asyncio
import base64
import contextlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from services.command.stack.ports import HOST

_CHUNK = 65_536


@dataclass
class OutgoingProxy:
    """Where it leads, who may use it, and what it was asked: `CONNECT name:443`, `GET http://…`."""

    leads_to: int
    credentials: str | None = None
    asked: list[str] = field(default_factory=list)
    port: int = 0

    async def __call__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode()
        first, *headers = head.split("\r\n")
        method, target, _version = first.split(" ")
        self.asked.append(f"{method} {target.partition('?')[0]}")
        if not self._admits(headers):
            writer.write(b"HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n")
        else:
            await self._lead(method, head, reader, writer)
        writer.close()

    def _admits(self, headers: list[str]) -> bool:
        if self.credentials is None:
            return True
        shown = base64.b64encode(self.credentials.encode()).decode()
        return f"basic {shown}".lower() in {
            line.partition(": ")[2].lower() for line in headers if line.lower().startswith("proxy-")
        }

    async def _lead(
        self, method: str, head: str, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        there, back = await asyncio.open_connection(HOST, self.leads_to)
        if method == "CONNECT":
            writer.write(b"HTTP/1.1 200 Connection established\r\n\r\n")
        else:
            back.write(head.encode())  # a server takes an absolute target too
        await asyncio.gather(_pour(reader, back), _pour(there, writer))


async def _pour(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with contextlib.suppress(OSError):
        while chunk := await reader.read(_CHUNK):
            writer.write(chunk)
            await writer.drain()
    writer.close()


@asynccontextmanager
async def proxying(leads_to: int, credentials: str | None = None) -> AsyncIterator[OutgoingProxy]:
    """A proxy that runs for the length of the block."""
    proxy = OutgoingProxy(leads_to, credentials)
    server = await asyncio.start_server(proxy, HOST, 0)
    proxy.port = server.sockets[0].getsockname()[1]
    try:
        yield proxy
    finally:
        server.close()
