"""The built-in providers: the endpoints of API Particulier that are asked by civil status."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from services.verifier.contract import Access
from services.verifier.provider.auth import by_delegation
from services.verifier.provider.client import Exchange
from services.verifier.provider.endpoint import Endpoint
from services.verifier.provider.particulier import ApiParticulier, ByCivilStatus


@dataclass(frozen=True, slots=True)
class Counter:
    """One endpoint of API Particulier at `base_url`, or of a simulator of it."""

    endpoint: Endpoint[Any]
    base_url: str

    @property
    def source(self) -> str:
        """The endpoint's own name."""
        return self.endpoint.source

    @asynccontextmanager
    async def open(self, access: Access) -> AsyncIterator[ByCivilStatus]:
        """A client of one habilitation."""
        exchange = Exchange(access.http, connections=access.connections, patience=access.patience)
        api = ApiParticulier(exchange, self.endpoint, self.base_url, access.recipient)
        auth = by_delegation(access.token, access.delegation_id)
        yield ByCivilStatus(api, auth, access.may_call_again)
