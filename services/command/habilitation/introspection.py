"""Asking the State what a token opens: one call each, with no person in it, and no permit taken.

`/api/introspect` is API Particulier's; the DGFiP has no such thing, and is not asked.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, replace

from services.command.habilitation.checks import Standing
from services.command.habilitation.reading import Opened
from services.command.records.fields import API_PARTICULIER
from services.verifier.provider.auth import by_delegation
from services.verifier.provider.client import Exchange, open_http, trusted
from services.verifier.provider.soundings import NotTold, Scopes, Soundings, TokenRefused
from shared.settings import Settings


@dataclass(frozen=True, slots=True)
class State:
    """API Particulier, as this installation reaches it."""

    settings: Settings

    def ask(self, opened: Sequence[Opened]) -> list[Standing]:
        """The same habilitations, with what the State says of their tokens.

        Raises:
            SettingsError: the certificates that were set cannot be read.
        """
        return asyncio.run(self._ask(opened))

    async def _ask(self, opened: Sequence[Opened]) -> list[Standing]:
        proxy = self.settings.provider_proxy
        async with open_http(
            connections=1,
            trust=trusted(self.settings.provider_ca_file),
            proxy=proxy.get_secret_value() if proxy else None,
        ) as http:
            soundings = Soundings(Exchange(http, connections=1), self.settings.provider_url)
            return [await _heard(soundings, one) for one in opened]


async def _heard(soundings: Soundings, one: Opened) -> Standing:
    right = one.standing.right
    if one.token is None or right.provider != API_PARTICULIER:
        return one.standing
    match await soundings.scopes(by_delegation(one.token, right.delegation_id)):
        case Scopes(scopes=scopes):
            return replace(one.standing, granted=frozenset(scopes))
        case TokenRefused(status=status):
            return replace(one.standing, refused=status)
        case NotTold(why=why):
            return replace(one.standing, unanswered=why)
