"""Desk: serves one data call, refusing in the order in which API Particulier refuses.

Bans, blacklist and limits come before the token, the token before its scopes, the scopes before a
duplicate in flight, then the version, the recipient's absence, the maintenance, the validators all
together, and at last the provider (controllers, organizers and rack_attack of apistration).
"""

from collections.abc import Hashable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace

from services.simulator.api.answers import Answer, refused
from services.simulator.api.config import Config
from services.simulator.api.faults.board import Board
from services.simulator.api.faults.harm import through
from services.simulator.api.faults.rules import Target
from services.simulator.api.particulier.endpoints import EAJE, QF, Endpoint, Mode
from services.simulator.api.particulier.france_connect import FranceConnect
from services.simulator.api.particulier.gate import Gate
from services.simulator.api.particulier.memory import FRESH, Memory
from services.simulator.api.particulier.nomenclature import Nomenclature
from services.simulator.api.particulier.period import failing_period
from services.simulator.api.particulier.proof import Proofs, Wanted
from services.simulator.api.particulier.provider import Provider, Question
from services.simulator.api.particulier.query import Query, failing
from services.simulator.api.particulier.rights import Granted, Rights
from services.simulator.population.names import folded

_SERVED_VERSION = "v3"
_TOLD = {  # what a fault's status says, where the nomenclature has a word for it
    400: "malformed",
    401: "bad_token",
    403: "no_scope",
    404: "35003",
    409: "conflict",
    422: "not_identified",
    429: "quota",
    503: "maintenance",
    504: "timeout",
}


@dataclass(frozen=True, slots=True)
class Call:
    """A data call, out of its HTTP clothes; `number` is its rank since the start."""

    number: int
    endpoint: Endpoint
    mode: Mode
    version: str
    bearer: str
    query: Query
    address: str = ""
    no_cache: bool = False
    proof: str = ""
    base_url: str = ""
    legacy: bool = False

    @property
    def target(self) -> Target:
        """As the faults see it."""
        names = {"particulier", self.endpoint.name, self.mode.value}
        told = {"v2"} if self.legacy else set()
        people = {folded(self.query.get("nomNaissance"))} - {""}
        return Target(frozenset(names | told), self.number, frozenset(people))


@dataclass(frozen=True, slots=True)
class Parts:
    """What a desk works with."""

    config: Config
    words: Nomenclature
    rights: Rights
    gate: Gate
    france_connect: FranceConnect
    provider: Provider
    board: Board
    proofs: Proofs


class Desk:
    """The API's own part: who may ask, how often, and whether the question is well put."""

    def __init__(self, parts: Parts) -> None:
        self._config, self._words, self._rights = parts.config, parts.words, parts.rights
        self._gate, self._board, self._provider = parts.gate, parts.board, parts.provider
        self._france_connect, self._proofs = parts.france_connect, parts.proofs
        self._memory = Memory()
        self._in_flight: set[Hashable] = set()

    async def serve(self, call: Call) -> Answer:
        """The answer to a call, with the headers of the limit."""
        bucket = self._bucket(call)
        granted = self._gate.refusal(call.address, call.bearer, bucket) or self._granted(call)
        if isinstance(granted, Answer):
            return granted.with_headers(self._gate.headers(bucket))
        answer = await self._once(replace(call, query=granted.query), granted)
        return answer.with_headers(self._gate.headers(bucket))

    def _bucket(self, call: Call) -> str:
        if call.mode is Mode.FRANCE_CONNECT:
            return "FranceConnect"  # no habilitation of ours is named: all its calls count as one
        return self._rights.bucket(call.bearer, call.query)

    def _granted(self, call: Call) -> Granted | Answer:
        if call.mode is Mode.FRANCE_CONNECT:
            granted = self._consented(call)
        else:
            granted = self._rights.granted(call.bearer, call.query)
        if isinstance(granted, Answer) or self._config.staging:
            return granted
        if self._config.payloads is not None and call.mode is Mode.FRANCE_CONNECT:
            return granted  # the official tokens do not hold the scopes of the EAJE base
        opened = granted.scopes & frozenset(call.endpoint.scopes.values())
        return granted if opened else self._refused("no_scope")

    def _consented(self, call: Call) -> Granted | Answer:
        refusal = self._gate.introspection_refusal(call.address)
        person = refusal or self._france_connect.introspect(call.bearer)
        if isinstance(person, Answer):
            return person
        query = person.asking(call.query)
        return self._refused("fc_unusable") if query is None else Granted(person.scopes, query)

    async def _once(self, call: Call, granted: Granted) -> Answer:
        with self._alone(call) as alone:
            if not alone:
                return self._refused("conflict")
            return self._misput(call) or await self._answered(call, granted)

    @contextmanager
    def _alone(self, call: Call) -> Iterator[bool]:
        """Whether the same question of the same token is not being answered already."""
        key = (call.bearer, call.endpoint.name, call.mode, call.version, call.query.identity())
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
            return self._refused("unknown_version", version=call.version)
        if not call.query.get("recipient"):
            return self._refused("recipient_missing")
        left = self._maintenance_left(call)
        if left:
            source = call.endpoint.source
            return refused(self._words.error("maintenance", source, retry_in=left))
        if call.proof and call.proof not in set(Wanted) and _proves(call):
            return self._refused("malformed")
        failures = self._failures(call)
        return refused(*map(self._words.error, failures)) if failures else None

    def _maintenance_left(self, call: Call) -> int:
        windows = call.endpoint.windows if self._config.windows else ()
        scheduled = (each.seconds_left(self._config.moment()) for each in windows)
        return max(self._board.maintenance_left(call.target), *scheduled, 0)

    def _failures(self, call: Call) -> Sequence[str]:
        today = self._config.today()
        of_period = (
            failing_period(call.query, today, self._words.edition) if call.endpoint is QF else ()
        )
        return (*failing(call.query, today), *of_period)

    async def _answered(self, call: Call, granted: Granted) -> Answer:
        proven = bool(call.proof) and _proves(call)
        key = (call.endpoint.name, call.mode, granted.scopes, call.query.identity())
        remembered = None if call.no_cache or proven else self._memory.recall(key)
        question = Question(call.endpoint, call.mode, call.query, granted.scopes)
        answer = await through(
            self._board,
            call.target,
            lambda: self._asked(question),
            lambda status: self._said(call, status),
            remembered=remembered,
        )
        if remembered is not None:
            return answer
        if proven:
            answer = self._proofs.added(answer, Wanted(call.proof), call.base_url)
        self._memory.keep(key, answer, call.endpoint.remembered_s)
        return answer.with_headers(FRESH)

    async def _asked(self, question: Question) -> Answer:
        if self._board.down:
            return refused(self._words.error("unavailable", question.endpoint.source))
        return await self._provider.answer(question)

    def _said(self, call: Call, status: int) -> Answer:
        """A status that a fault asks for, in the nomenclature's words; unknown ones as 999."""
        known = self._words.error(_TOLD.get(status, "unknown"), call.endpoint.source)
        headers = {"Retry-After": "1"} if status == 429 else {}  # noqa: PLR2004
        return replace(refused(known), status=status, headers=headers)

    def _refused(self, name: str, **words: str) -> Answer:
        return refused(self._words.error(name, words=words))


def _proves(call: Call) -> bool:
    """Whether a proof can be had of such an answer."""
    return call.endpoint is EAJE and call.mode is Mode.CIVIL_STATUS
