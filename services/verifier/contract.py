"""The seam: what the verifier asks of a provider of certified data, whoever wrote it.

A provider is found by the evidence profile of a scheme: the built-in one, or one of a package
installed beside, under the entry point group `berceau.providers` (docs/how-to/add-a-provider.md).
It only asks and translates. Permits, pace, deadline, retries, what an outcome leads to and the
record are the verifier's, and the same for all.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol, runtime_checkable

import httpx

from services.verifier.provider.client import Patience
from shared.application import Application
from shared.evidence import Month, Outcome

GROUP = "berceau.providers"
MayCallAgain = Callable[[], Awaitable[bool]]


async def freely() -> bool:
    """As often as one likes: for tests, and for who calls by hand."""
    return True


@dataclass(frozen=True, slots=True, repr=False)
class Access:
    """One habilitation, opened: what a provider calls with.

    `recipient` is the SIRET of the administration that receives the data. `http` goes out as the
    operator set it (proxy, certificates), checks TLS and keeps URLs out of the log; the verifier
    closes it. At most `connections` calls are in flight, each within `patience.total` seconds.
    `delegation_id` goes with the token of a software editor, when the recipient has given several.

    One call about an application has its permit. Before each further one `may_call_again` is
    awaited: it waits for a permit, and says no when none comes in time, which is `Busy`.
    """

    token: str
    recipient: str
    http: httpx.AsyncClient
    connections: int
    patience: Patience
    delegation_id: str | None = None
    may_call_again: MayCallAgain = freely


class Client(Protocol):
    """Asks with one habilitation."""

    async def verify(self, application: Application, now: datetime) -> Outcome:
        """Ask about the family of an application (`now`: UTC, of the call).

        What httpx raises of the network may come out as it is, as may `TimeoutError`: the verifier
        reads it as `Unavailable`. Any other exception is a bug, and counts as a start not finished.
        """


@runtime_checkable
class ByMonth(Protocol):
    """A client that may be asked for the quotient familial of other months than the current one."""

    async def verify_months(
        self, application: Application, now: datetime, months: Sequence[Month | None]
    ) -> Outcome:
        """Ask as `verify` does, one call a month; None is the current one."""


@runtime_checkable
class Provider(Protocol):
    """A source of certified data."""

    @property
    def source(self) -> str:
        """The name that every figure carries: which counter, which version of its contract."""

    def open(self, access: Access) -> AbstractAsyncContextManager[Client]:
        """A client for one habilitation, closed when the verifier ends; opening calls nobody."""


MakesProvider = Callable[[Mapping[str, str]], Provider]
"""What an entry point names: options (`BERCEAU_PROVIDERS_<PROFILE>_<OPTION>`) to a provider."""
