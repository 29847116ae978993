"""API Particulier V3: one endpoint, asked for one recipient; by civil status or FranceConnect.

The query and the tokens are personal or secret: nothing here logs, raises or shows them.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from services.verifier.by_month import ask_months
from services.verifier.contract import MayCallAgain, freely
from services.verifier.provider.answer import Answer
from services.verifier.provider.asked import Asked
from services.verifier.provider.auth import Auth, by_france_connect
from services.verifier.provider.client import Exchange
from services.verifier.provider.endpoint import Endpoint
from services.verifier.provider.preparation import refusals_of
from services.verifier.provider.query import Parameters, month_of, query_for
from services.verifier.provider.translation import translate
from shared.application import Application, IdentityAssurance
from shared.evidence import InputRefused, Month, Outcome
from shared.paris import day_in_paris


@dataclass(frozen=True, slots=True, repr=False)
class ApiParticulier:
    """One endpoint at `base_url`; `recipient` is the SIRET of who receives the data."""

    exchange: Exchange
    endpoint: Endpoint[Any]
    base_url: str
    recipient: str

    async def ask(self, auth: Auth, parameters: Parameters = ()) -> Answer:
        """One call, one answer; a failure is a name, never an exception."""
        return await self.exchange.get(
            self.base_url.rstrip("/") + self.endpoint.path,
            parameters=[("recipient", self.recipient), *auth.parameters, *parameters],
            headers={**self.endpoint.headers, **auth.headers},
        )


@dataclass(frozen=True, slots=True, repr=False)
class ByCivilStatus:
    """Asks with the right of a habilitation: what the verifier's step calls."""

    api: ApiParticulier
    auth: Auth
    may_call_again: MayCallAgain = freely

    async def verify_months(
        self, application: Application, now: datetime, months: Sequence[Month | None]
    ) -> Outcome:
        """Ask for the quotients of several months; None is the current one."""

        async def ask(month: Month | None) -> Outcome:
            return await self.verify(application, now, period=month)

        return await ask_months(ask, months, self.may_call_again)

    async def verify(
        self, application: Application, now: datetime, *, period: Month | None = None
    ) -> Outcome:
        """Ask about the applicant, and tell what the answer means.

        Nobody is asked when it is too early or too late for the child's age, nor with a field that
        would be refused: that is the outcome then.

        Args:
            application: whose applicant and child.
            now: UTC, of the call.
            period: the month of a quotient familial; None for the current one.
        """
        person, today = application.applicant, day_in_paris(now)
        spaced = application.identity_assurance is IdentityAssurance.FRANCECONNECT
        unasked = self.api.endpoint.unasked(application.child, today)
        if unasked is not None:
            return unasked
        refused = refusals_of(person, today, spaced=spaced)
        if refused:
            return InputRefused(None, tuple(refusal.field for refusal in refused))
        parameters = [*query_for(person, spaced=spaced), *month_of(period)]
        answer = await self.api.ask(self.auth, parameters)
        return translate(answer, self.api.endpoint, Asked.about(application, period=period), now)


@dataclass(frozen=True, slots=True, repr=False)
class ByFranceConnect:
    """Asks with the access token of who has just come through FranceConnect.

    The token lives for about a minute: it is handed to the call and kept nowhere.
    """

    api: ApiParticulier

    async def verify(self, access_token: str, asked: Asked, now: datetime) -> Outcome:
        """Ask about the bearer of a token; the answer is believed if it is about `asked`.

        As by civil status, nobody is asked when it is too early or too late for the child's age.
        """
        if asked.child is not None:
            unasked = self.api.endpoint.unasked(asked.child, day_in_paris(now))
            if unasked is not None:
                return unasked
        answer = await self.api.ask(by_france_connect(access_token), month_of(asked.period))
        return translate(answer, self.api.endpoint, asked, now)
