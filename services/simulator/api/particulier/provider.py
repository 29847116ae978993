"""Provider: what the funds behind the API answer, once the validators have let a call pass."""

import asyncio
from collections import Counter
from dataclasses import dataclass
from datetime import date
from typing import Any, Protocol

from services.simulator.api.answers import HUNG_UP, Answer, as_json, found, refused
from services.simulator.api.config import Config
from services.simulator.api.faults.harm import cut, front_page
from services.simulator.api.particulier.endpoints import EAJE, Endpoint, Mode
from services.simulator.api.particulier.facts import eaje, has_child_under_seven, masked, qf
from services.simulator.api.particulier.nomenclature import Nomenclature
from services.simulator.api.particulier.period import asked, is_computed
from services.simulator.api.particulier.query import Query, counter_refusal
from services.simulator.population.families import Family, Refusal
from services.simulator.population.faults import Fault, Malformed
from services.simulator.population.files import File
from services.simulator.population.register import Register, Role

_BROKEN = {
    Fault.NETWORK: "network",
    Fault.INTERNAL: "internal",
    Fault.TIMEOUT: "timeout",
}


@dataclass(frozen=True, slots=True)
class Question:
    """A call that was let pass."""

    endpoint: Endpoint
    mode: Mode
    query: Query
    scopes: frozenset[str]


class Provider(Protocol):
    """Answers one call; what it must not know of (tokens, quotas) is settled before."""

    async def answer(self, question: Question) -> Answer:
        """The provider's answer, faults included."""
        ...


class PopulationProvider:
    """The funds of an invented population."""

    def __init__(self, config: Config, register: Register, nomenclature: Nomenclature) -> None:
        self._config, self._register, self._words = config, register, nomenclature
        self._calls: Counter[tuple[str, int]] = Counter()  # a count per endpoint and family

    async def answer(self, question: Question) -> Answer:
        """What the fund says of the person, or how the call breaks."""
        refusal = counter_refusal(question.query)
        if refusal is not None:
            return self._refused(question, Refusal(422, "36561", str(refusal)))
        entry = self._register.find(question.query.asked())
        if entry is None:
            return self._error(question, "not_identified")
        known = self._register.family(entry.number)
        return await self._through_the_wire(question, known, entry.role)

    async def _through_the_wire(self, question: Question, known: Family, role: Role) -> Answer:
        key = (question.endpoint.name, known.number)
        fault = known.trouble.at_call(self._calls[key])
        self._calls[key] += 1
        if fault is Fault.SLOW:
            await asyncio.sleep(self._config.slow_seconds)
        return self._broken(question, fault, self._sound(question, known, role))

    def _broken(self, question: Question, fault: Fault | None, sound: Answer) -> Answer:
        match fault:
            case None | Fault.SLOW:
                return sound
            case Fault.SERVER_ERROR:
                return front_page(500)
            case Fault.QUOTA:
                return self._error(question, "quota").with_headers({"Retry-After": "1"})
            case Fault.TRUNCATED:
                return cut(sound)
            case Fault.CLOSED:
                return HUNG_UP
            case _:
                return self._error(question, _BROKEN[fault])

    def _sound(self, question: Question, known: Family, role: Role) -> Answer:
        """The answer when nothing breaks on the way."""
        if known.refusal is not None and (role is Role.APPLICANT or known.file is None):
            return self._refused(question, known.refusal)
        if known.file is None:
            return self._error(question, "35003")
        match known.trouble.malformed:
            case Malformed.DATA_IS_A_LIST:
                return Answer(200, as_json({"data": [], "links": {}, "meta": {}}))
            case Malformed.BODY_IS_A_LIST:
                return Answer(200, as_json([]))
            case None:
                return self._told(question, known.fund, known.file)

    def _told(self, question: Question, fund: str, file: File) -> Answer:
        today = self._config.today()
        refusal = self._not_served(question, fund, file, today)
        if refusal is not None:
            return self._error(question, refusal)
        data = self._data(question, fund, file, today)
        if self._config.staging:
            return found(data)
        return found(masked(data, question.endpoint.scopes, question.scopes))

    def _not_served(self, question: Question, fund: str, file: File, today: date) -> str | None:
        """The error of a file that this endpoint does not serve today, or not for this month."""
        if question.endpoint is EAJE:
            return None if has_child_under_seven(file, today) else "not_eligible"
        ready = self._config.qf_always_ready or fund != "caf"
        return None if ready or is_computed(asked(question.query, today), today) else "23003"

    @staticmethod
    def _data(question: Question, fund: str, file: File, today: date) -> dict[str, Any]:
        if question.endpoint is EAJE:
            return eaje(file, today)
        return qf(file, fund, asked(question.query, today), today)

    def _refused(self, question: Question, refusal: Refusal) -> Answer:
        if refusal.counter_code is None:
            known = refusal.code == "36003" and question.endpoint is not EAJE
            return self._error(question, "35003" if known else refusal.code)
        code = int(refusal.counter_code)
        message = f"API-SECU {code}"  # invented: the counter's own words are not published
        return self._error(
            question, "counter_refused", provider_error_code=code, provider_error_message=message
        )

    def _error(self, question: Question, name: str, **meta: Any) -> Answer:  # noqa: ANN401
        return refused(self._words.error(name, question.endpoint.source, **meta))
