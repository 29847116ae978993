"""The provider: API Impôt particulier, `dernieresituation`, for applications with tax numbers."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid4

from services.verifier.contract import Access, Client
from services.verifier.tax.client import TaxClient
from services.verifier.tax.credentials import Credentials
from shared.application import Application
from shared.evidence import Forbidden, Outcome
from shared.taxation import TAX_PROFILE, TAX_SOURCE

PROFILE = TAX_PROFILE


@dataclass(frozen=True, slots=True)
class Tax:
    """The DGFiP's gateway at `gateway` (given at enrolment), or a simulator of it.

    `new_id` makes the correlation id of each call.
    """

    gateway: str
    source: str = TAX_SOURCE
    new_id: Callable[[], UUID] = uuid4

    @asynccontextmanager
    async def open(self, access: Access) -> AsyncIterator[Client]:
        """A client of one habilitation; its secret holds `Credentials`."""
        credentials = Credentials.read(access.token)
        if credentials is None:
            yield _Shut()
            return
        client = TaxClient(
            access.http,
            gateway=self.gateway,
            credentials=credentials,
            connections=access.connections,
            patience=access.patience,
            may_call_again=access.may_call_again,
            new_id=self.new_id,
        )
        try:
            yield _OfApplications(client)
        finally:
            await client.close()


@dataclass(frozen=True, slots=True)
class _OfApplications:
    """Asks with the tax numbers of an application."""

    client: TaxClient

    async def verify(self, application: Application, now: datetime) -> Outcome:
        return await self.client.verify(
            application.tax_numbers,
            application.applicant,
            now,
            other=application.other_representative,
        )


class _Shut:
    """A habilitation whose credentials cannot be read: nobody is asked until ops mend them."""

    async def verify(self, application: Application, now: datetime) -> Outcome:  # noqa: ARG002
        return Forbidden(None)
