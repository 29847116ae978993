"""The verifier's step: open the application, ask the State, keep what it certified."""

import asyncio
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from random import Random
from typing import Protocol
from uuid import UUID

import structlog
from sqlalchemy import Engine

from services.verifier.asking import provenance_of, somebody_asked
from services.verifier.cases import Standing
from services.verifier.consequences import Consequence, consequence, unasked
from services.verifier.contract import ByMonth
from services.verifier.roles import Asking, next_asking
from shared.application import Application
from shared.crash_points import Point
from shared.crashing import reach
from shared.evidence import Certified, Month, Outcome, write_facts
from shared.protocol.claiming import Held
from shared.protocol.opening import open_application
from shared.protocol.recording import Learnt
from shared.protocol.saving import Move
from shared.protocol.switching import pause_habilitation
from shared.queue.pace import Pace
from shared.sealing import DataKey, KeyRing
from shared.states import Reason
from shared.store.places import evidence_place

_log = structlog.get_logger()


class AsksTheState(Protocol):
    """A client of one provider and habilitation.

    `source` is the provider's name, `refusal` the switch that a refusal of its token sets.
    """

    @property
    def source(self) -> str: ...
    @property
    def refusal(self) -> str: ...
    async def verify(self, application: Application, now: datetime) -> Outcome: ...


class FindsMonths(Protocol):
    """Of which months a quotient is asked for, for a fee from a day on; None is the current one."""

    async def of(self, scheme: UUID, on: date, now: datetime) -> tuple[Month | None, ...]: ...


class _CurrentMonth:
    """Asks for the current month, whatever the scheme."""

    async def of(self, _scheme: UUID, _on: date, _now: datetime) -> tuple[Month | None, ...]:
        return (None,)


class FindsClients(Protocol):
    """The clients, by scheme and habilitation, or the reason why nobody may be asked."""

    async def of(self, scheme: UUID, habilitation: UUID) -> AsksTheState | Reason: ...


class Learns(Protocol):
    """Who learns from each outcome what it says of the token and of the endpoint."""

    def learn_at_once(self, held: Held, outcome: Outcome, *, token: str) -> bool: ...
    def learn(self, held: Held, outcome: Outcome, *, token: str) -> None: ...


class Verify:
    """One application: what the State says of it, as a move to save."""

    def __init__(
        self,
        *,
        ring: KeyRing,
        clients: FindsClients,
        stop_calls: Callable[[UUID, datetime, str], None],
        health: Learns,
        first_retry: timedelta,
        chance: Random,
        months: FindsMonths | None = None,
    ) -> None:
        self._ring = ring
        self._months = months or _CurrentMonth()
        self._clients = clients
        self._stop_calls = stop_calls
        self._health = health
        self._first_retry = first_retry
        self._chance = chance

    async def __call__(self, held: Held) -> Move:
        client = await self._clients.of(held.scheme_id, held.habilitation_id)
        if isinstance(client, Reason):
            return self._unasked(held, client)
        key = self._ring.unwrap(held.key)
        application = open_application(key, held.id, held.sealed, held.sealed_tax_numbers)
        asking = next_asking(application, client.source, held.told)
        told = await self._told(client, held, asking.application)
        outcome = asking.in_its_words(told)
        await self._learn(held, outcome, client.refusal)
        after = self._consequence(outcome, _standing(held, asking, client.source))
        if after.pause_until is not None:
            await self._pause(held, after.pause_until, type(outcome).__name__)
        learnt = _learnt(outcome, held, key, source=client.source, asked=asking.recorded)
        return _move(held, after, learnt if somebody_asked(outcome) else None)

    async def _told(self, client: AsksTheState, held: Held, application: Application) -> Outcome:
        """What the State says, of the month that the tariff of the day goes by."""
        now, on = datetime.now(UTC), held.effective_on or application.care.start
        months = await self._months.of(held.scheme_id, on, now)
        reach(Point.ASKING)
        if months != (None,) and isinstance(client, ByMonth):
            outcome = await client.verify_months(application, now, months)
        else:
            outcome = await client.verify(application, now)
        reach(Point.TOLD)
        return outcome

    async def _learn(self, held: Held, outcome: Outcome, token: str) -> None:
        """What must be written down is, beside the loop; most outcomes say that all is well."""
        if not self._health.learn_at_once(held, outcome, token=token):
            await asyncio.to_thread(self._health.learn, held, outcome, token=token)

    def _unasked(self, held: Held, reason: Reason) -> Move:
        """Nobody was asked and nothing was learnt; whoever looks reads why."""
        scheme, right = str(held.scheme_id), str(held.habilitation_id)
        _log.warning(
            "call.withheld", application=held.reference, why=reason, scheme=scheme, right=right
        )
        standing = Standing(held.attempts, held.last_date)
        return _move(held, unasked(reason, standing, datetime.now(UTC), chance=self._chance), None)

    def _consequence(self, outcome: Outcome, standing: Standing) -> Consequence:
        return consequence(
            outcome,
            standing,
            datetime.now(UTC),
            first_retry=self._first_retry,
            chance=self._chance,
        )

    async def _pause(self, held: Held, until: datetime, why: str) -> None:
        _log.warning("provider.paused", habilitation=str(held.habilitation_id), outcome=why)
        await asyncio.to_thread(self._stop_calls, held.habilitation_id, until, why)


def calls_stopper(engine: Engine, pace: Pace) -> Callable[[UUID, datetime, str], None]:
    """Stops the calls of a habilitation: in the record first, then in Redis, which caches it."""

    def stop_calls(habilitation: UUID, until: datetime, why: str) -> None:
        pause_habilitation(engine, habilitation, until=until, reason=why, by="service:verifier")
        pace.pause(habilitation, until)

    return stop_calls


def _standing(held: Held, asking: Asking, source: str) -> Standing:
    return Standing(
        held.attempts,
        held.last_date,
        source,
        other_to_ask=asking.other_to_ask,
        applicant_without_file=asking.applicant_without_file,
    )


def _learnt(
    outcome: Outcome, held: Held, key: DataKey, *, source: str, asked: str | None
) -> Learnt:
    provenance = provenance_of(outcome)
    sealed = None
    if isinstance(outcome, Certified):
        sealed = key.seal(write_facts(outcome.facts), place=evidence_place(held.id))
    return Learnt(
        outcome=type(outcome).__name__,
        source=source,
        fetched_at=provenance.fetched_at if provenance else datetime.now(UTC),
        http_status=provenance.http_status if provenance else None,
        code=provenance.code if provenance else None,
        request_id=provenance.request_id if provenance else None,
        sealed=sealed,
        asked=asked,
    )


def _move(held: Held, after: Consequence, learnt: Learnt | None) -> Move:
    return Move(
        application_id=held.id,
        claim=held.claim,
        was=held.status,
        now=after.status,
        reason=after.reason,
        due_at=after.due_at,
        last_date=after.last_date,
        attempts=after.attempts,
        trace=held.trace,
        learnt=learnt,
    )
