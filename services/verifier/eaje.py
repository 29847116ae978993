"""The built-in provider: API Particulier, `participation_familiale_eaje`."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from services.verifier.contract import Access
from services.verifier.provider.client import EajeClient
from shared.evidence import EAJE_SOURCE

PROFILE = "eaje"


@dataclass(frozen=True, slots=True)
class Eaje:
    """API Particulier at `base_url`, or a simulator of it."""

    base_url: str
    source: str = EAJE_SOURCE

    @asynccontextmanager
    async def open(self, access: Access) -> AsyncIterator[EajeClient]:
        """A client of one habilitation."""
        yield EajeClient(
            access.http,
            base_url=self.base_url,
            token=access.token,
            recipient=access.recipient,
            connections=access.connections,
            patience=access.patience,
        )
