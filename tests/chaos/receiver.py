"""The receiver: a portal's endpoint for webhooks, which may fail or hang for a while."""

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from aiohttp import web

_HANGS_S = 30.0  # longer than a notifier waits


@dataclass(slots=True)
class Receiver:
    """What was heard, in order: of each application, the sequence and the id of each event."""

    failing: bool = False
    hanging: bool = False
    url: str = ""
    heard: defaultdict[str, list[tuple[int, str]]] = field(
        default_factory=lambda: defaultdict(list)
    )

    async def hear(self, request: web.Request) -> web.Response:
        """Take an event, unless something is wrong here."""
        if self.failing:
            return web.Response(status=500)
        try:
            self._take(await request.json())
        except ConnectionError:  # the notifier was killed in the middle of its word
            return web.Response(status=400)
        if self.hanging:  # it was heard, and whoever told it will not know
            await asyncio.sleep(_HANGS_S)
        return web.Response(status=204)

    def _take(self, event: dict[str, object]) -> None:
        data = event["data"]
        assert isinstance(data, dict)
        self.heard[data["reference"]].append((data["sequence"], str(event["id"])))


@asynccontextmanager
async def receiving() -> AsyncIterator[Receiver]:
    """A receiver at a port of its own."""
    receiver, app = Receiver(), web.Application()
    app.router.add_post("/", receiver.hear)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    receiver.url = f"http://127.0.0.1:{runner.addresses[0][1]}/"
    try:
        yield receiver
    finally:
        await runner.cleanup()
