"""Calls: API Particulier with a FranceConnect token, on connections that nobody else uses.

The token is handed to one call and kept nowhere; no URL is logged.
"""

import asyncio
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager, AsyncExitStack
from typing import Protocol

import httpx

from services.intake.franceconnect.question import Right
from services.verifier.provider.answer import Answer
from services.verifier.provider.auth import by_france_connect
from services.verifier.provider.client import Exchange, Patience
from services.verifier.provider.particulier import ApiParticulier


class Token(Protocol):
    """A secret that shows nothing of itself."""

    def get_secret_value(self) -> str: ...


class Calls:
    """Opens its connections at the first call.

    Args:
        open_http: opens connections, closed with `close`.
        base_url: API Particulier, or a simulator.
        connections: the most calls at once.
        patience: how long one may take.
    """

    def __init__(
        self,
        open_http: Callable[[], AbstractAsyncContextManager[httpx.AsyncClient]],
        *,
        base_url: str,
        connections: int,
        patience: Patience,
    ) -> None:
        self._open_http = open_http
        self._base_url = base_url
        self._connections = connections
        self._patience = patience
        self._stack = AsyncExitStack()
        self._opening = asyncio.Lock()
        self._exchange: Exchange | None = None

    async def ask(self, right: Right, token: Token) -> Answer:
        """One call, one answer; a failure is a name, never an exception."""
        api = ApiParticulier(await self._opened(), right.endpoint, self._base_url, right.recipient)
        return await api.ask(by_france_connect(token.get_secret_value()))

    async def close(self) -> None:
        """Close every connection."""
        await self._stack.aclose()

    async def _opened(self) -> Exchange:
        async with self._opening:
            if self._exchange is None:
                http = await self._stack.enter_async_context(self._open_http())
                self._exchange = Exchange(
                    http, connections=self._connections, patience=self._patience
                )
        return self._exchange
