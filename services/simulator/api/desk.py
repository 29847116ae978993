"""Desk: serves one data call, refusing in the order in which API Particulier refuses.

Blacklist and quota come before the token, the token before its scopes, the scopes before a
duplicate in flight, then the version, the recipient's absence, the maintenance, the validators all
together, and at last the provider (controllers, organizers and rack_attack of apistration).
"""

import asyncio
from collections.abc import Hashable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from services.simulator.api.answers import Answer, error, refused
from services.simulator.api.config import ALL_SCOPES, Config, Token
from services.simulator.api.memory import Memory
from services.simulator.api.provider import Provider
from services.simulator.api.query import Query, failing
from services.simulator.api.quota import Quota
from services.simulator.api.switches import Switches

_SERVED_VERSION = "v3"
_FRESH = {"X-Response-Cached": "false", "X-Cache-Expires-in": ""}


@dataclass(frozen=True, slots=True)
class Call:
    """A data call, out of its HTTP clothes; `number` is its rank since the start."""

    number: int
    version: str
    bearer: str
    query: Query
    no_cache: bool = False


class Desk:
    """The API's own part: who may ask, how often, and whether the question is well put."""

    def __init__(self, config: Config, provider: Provider, switches: Switches) -> None:
        self._config, self._provider, self._switches = config, provider, switches
        self._quota = Quota(config.rate_limit)
        self._memory = Memory()
        self._in_flight: set[Hashable] = set()

    async def serve(self, call: Call) -> Answer:
        """The answer to a call, with the headers of the quota."""
        answer = self._turned_away(call) or await self._once(call)
        return answer.with_headers(self._quota.headers(call.bearer))

    def rights(self, bearer: str) -> Token | Answer:
        """The token of a bearer, or why it gives no right."""
        token = self._config.tokens.get(bearer)
        if token is None:
            return refused(error("bad_token"))
        if token.staging:
            return refused(error("staging_token"))
        if token.expires is not None and token.expires < self._config.today():
            return refused(error("expired_token"))
        return token

    def _turned_away(self, call: Call) -> Answer | None:
        token = self._config.tokens.get(call.bearer)
        if token is not None and token.blacklisted:
            return refused(error("blacklisted_token"))
        if not self._quota.take(call.bearer):
            return self._over_quota()
        rights = self.rights(call.bearer)
        if isinstance(rights, Answer):
            return rights
        return None if rights.scopes & ALL_SCOPES else refused(error("no_scope"))

    def _over_quota(self) -> Answer:
        return refused(error("quota")).with_headers({"Retry-After": self._quota.retry_after()})

    async def _once(self, call: Call) -> Answer:
        with self._alone(call) as alone:
            if not alone:
                return refused(error("conflict"))
            return self._misput(call) or await self._answered(call)

    @contextmanager
    def _alone(self, call: Call) -> Iterator[bool]:
        """Whether the same question of the same token is not being answered already."""
        key = (call.bearer, call.version, call.query.identity())
        if key in self._in_flight:
            yield False
            return
        self._in_flight.add(key)
        try:
            yield True
        finally:
            self._in_flight.discard(key)

    def _misput(self, call: Call) -> Answer | None:
        if call.version != _SERVED_VERSION:
            return refused(error("unknown_version", version=call.version))
        if not call.query.get("recipient"):
            return refused(error("recipient_missing"))
        left = self._switches.maintenance_left()
        if left:
            return refused(error("maintenance", retry_in=left))
        failures = failing(call.query, self._config.today())
        return refused(*map(error, failures)) if failures else None

    async def _answered(self, call: Call) -> Answer:
        scopes = self._config.tokens[call.bearer].scopes
        key = (scopes, call.query.identity())
        remembered = None if call.no_cache else self._memory.recall(key)
        if remembered is not None:
            return remembered
        await asyncio.sleep(self._switches.delay_s(call.number))
        if self._switches.down:
            return refused(error("unavailable"))
        answer = await self._provider.answer(call.query, scopes)
        self._memory.keep(key, answer)
        return answer.with_headers(_FRESH)
