"""Gate: who is turned away before a call is even read: banned, blacklisted, out of place, too many.

The order is that of the server's first layer (rack_attack of apistration): nothing here looks at
what was asked.
"""

from collections.abc import Mapping

from services.simulator.api.answers import HUNG_UP, Answer, refused
from services.simulator.api.config import Config
from services.simulator.api.limits import Bans, Limit
from services.simulator.api.particulier.nomenclature import Nomenclature
from services.simulator.api.particulier.rights import Rights

_MINUTE_S, _HOUR_S = 60, 3_600
_INTROSPECTIONS = ((30, _MINUTE_S), (600, _HOUR_S))  # by address, since October 2026


class Gate:
    """Limits by habilitation and by address, and the ban of an address that ignores them."""

    def __init__(self, config: Config, rights: Rights, nomenclature: Nomenclature) -> None:
        self._rights, self._words = rights, nomenclature
        self._by_habilitation = Limit(config.rate_limit)
        self._by_address = Limit(config.address_limit, _MINUTE_S)
        self._introspections = [Limit(most, period) for most, period in _INTROSPECTIONS]
        self._limited = bool(config.rate_limit)
        self.bans = Bans(config.ban_after, config.ban_seconds)

    def refusal(self, address: str, bearer: str, bucket: str) -> Answer | None:
        """Why a call goes no further, if it does not."""
        if self.bans.holds(address):
            return HUNG_UP
        token = self._rights.token(bearer)
        if token is not None and token.blacklisted:
            return refused(self._words.error("blacklisted_token"))
        if token is not None and token.addresses and address not in token.addresses:
            return refused(self._words.error("address_refused"))
        return self._too_many(address, bucket)

    def introspection_refusal(self, address: str) -> Answer | None:
        """Why FranceConnect is not asked about a token, if it is not."""
        for limit in self._introspections:
            if self._limited and not limit.take(address):
                return self._quota(limit, address)
        return None

    def headers(self, bucket: str) -> Mapping[str, str]:
        """`RateLimit-*` of an habilitation."""
        return self._by_habilitation.headers(bucket)

    def _too_many(self, address: str, bucket: str) -> Answer | None:
        fits_habilitation = self._by_habilitation.take(bucket)
        if not self._by_address.take(address):
            return self._quota(self._by_address, address)
        return None if fits_habilitation else self._quota(self._by_habilitation, address)

    def _quota(self, limit: Limit, address: str) -> Answer:
        told = refused(self._words.error("quota")).with_headers(limit.retry_after())
        self.bans.note(address, told)
        return told
