"""The call: one GET for each tax number, with a token that all calls share, and that never raises.

The tax number stands in the path, by contract: no URL leaves the exchange.
"""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime
from time import monotonic
from uuid import UUID, uuid4

import httpx

from services.verifier.contract import MayCallAgain, freely
from services.verifier.provider.answer import REQUEST_ID, Answered, Failure, Unanswered
from services.verifier.provider.client import DEFAULT_PATIENCE, Exchange, Patience
from services.verifier.tax.answers import TaxAnswer, Tokenless, Unpermitted
from services.verifier.tax.credentials import Credentials
from services.verifier.tax.tokens import AccessToken, AccessTokens
from services.verifier.tax.translation import is_told, translate
from shared.civil_status import CivilStatus
from shared.evidence import InputRefused, Outcome
from shared.taxation import MOST_HOUSEHOLDS, TAX_NUMBERS_FIELD, TaxNumber

SITUATION_PATH = "/impotparticulier/1.0/spi/{spi}/dernieresituation/ir/assiettes/deuxans"
MEDIA_TYPE = "application/prs.dgfip.part.derniere.situations.ir.assiettes.v1+json"
_UNAUTHORISED = 401


class TaxClient:
    """Asks the DGFiP for the last income tax situation of a family, by tax number.

    `http` is handed in, and closed by who opened it; at most `connections` calls are in flight,
    each within `patience.total` seconds, token included. The first about a family has its permit;
    a second number, a token and a call made again ask `may_call_again`.
    """

    def __init__(
        self,
        http: httpx.AsyncClient,
        *,
        gateway: str,
        credentials: Credentials,
        connections: int = 64,
        patience: Patience = DEFAULT_PATIENCE,
        may_call_again: MayCallAgain = freely,
        new_id: Callable[[], UUID] = uuid4,
        clock: Callable[[], float] = monotonic,
    ) -> None:
        self._exchange = Exchange(http, connections=connections, patience=patience)
        self._tokens = AccessTokens(
            self._exchange,
            gateway=gateway,
            credentials=credentials,
            clock=clock,
            may_call=may_call_again,
        )
        self._url = gateway.rstrip("/") + SITUATION_PATH
        self._headers = {"Accept": MEDIA_TYPE, "ID_Teleservice": credentials.teleservice}
        self._patience = patience
        self._may_call_again = may_call_again
        self._new_id = new_id

    async def verify(
        self,
        numbers: Sequence[TaxNumber],
        applicant: CivilStatus,
        now: datetime,
        *,
        other: CivilStatus | None = None,
    ) -> Outcome:
        """Ask about one tax household, or about two and add them.

        The second number is asked for only once the first has answered: calls are few (50 a minute
        by default).

        Args:
            numbers: the applicant's tax number, then that of the other parent if they are two
                households; without one nobody is asked.
            applicant: who must declare in the first household.
            now: UTC, of the call.
            other: the other parent, who must declare in the second household.
        """
        asked = tuple(dict.fromkeys(numbers))
        if not 1 <= len(asked) <= MOST_HOUSEHOLDS:
            return InputRefused(None, (TAX_NUMBERS_FIELD,))
        answers: list[TaxAnswer] = []
        for number in asked:
            answers.append(await self.ask(number, permitted=not answers))
            if not is_told(answers[-1]):
                break
        return translate(answers, applicant, now, other=other)

    async def ask(self, number: TaxNumber, *, permitted: bool = True) -> TaxAnswer:
        """One household's answer; a 401 is believed only with a token fetched anew.

        `permitted` says that the call has its permit already.
        """
        try:
            async with asyncio.timeout(self._patience.total):
                return await self._ask(number, permitted=permitted)
        except TimeoutError:
            return Unanswered(Failure.DEADLINE)

    async def close(self) -> None:
        """Leave nothing on its way."""
        await self._tokens.close()

    async def _ask(self, number: TaxNumber, *, permitted: bool) -> TaxAnswer:
        token = await self._tokens.fresh()
        answer = await self._asked(number, token, permitted=permitted)
        if isinstance(token, AccessToken) and _is_unauthorised(answer):
            another = await self._tokens.instead_of(token)
            answer = await self._asked(number, another, permitted=False)
        return answer

    async def _asked(
        self, number: TaxNumber, token: AccessToken | Tokenless, *, permitted: bool
    ) -> TaxAnswer:
        """The answer, beside the correlation id that it was asked under."""
        if isinstance(token, Tokenless):
            return token
        if not (permitted or await self._may_call_again()):
            return Unpermitted()
        correlation = str(self._new_id())
        headers = {"Authorization": f"Bearer {token.value}", "X-Correlation-ID": correlation}
        url = self._url.format(spi=number.digits)
        answer = await self._exchange.get(url, headers=self._headers | headers)
        if isinstance(answer, Unanswered):
            return answer
        return replace(answer, headers={**answer.headers, REQUEST_ID: correlation})


def _is_unauthorised(answer: TaxAnswer) -> bool:
    return isinstance(answer, Answered) and answer.status == _UNAUTHORISED
