"""The verifier's step: open the application, ask the State, keep what it certified."""

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Protocol
from uuid import UUID

import structlog
from sqlalchemy import Engine

from services.verifier.asking import provenance_of
from services.verifier.consequences import Consequence, Standing, consequence
from shared.application import Application
from shared.evidence import Certified, Outcome
from shared.protocol.claiming import Held
from shared.protocol.recording import Learnt
from shared.protocol.saving import Move
from shared.protocol.switching import pause_habilitation
from shared.queue.pace import Pace
from shared.sealing import DataKey, KeyRing
from shared.states import Reason, Status
from shared.store.places import application_place, evidence_place

_log = structlog.get_logger()


class AsksTheState(Protocol):
    """A client of one provider and habilitation; `source` is the provider's name."""

    @property
    def source(self) -> str: ...
    async def verify(self, application: Application, now: datetime) -> Outcome: ...


class FindsClients(Protocol):
    """The clients, by scheme and habilitation; None when no provider serves the scheme."""

    async def of(self, scheme: UUID, habilitation: UUID) -> AsksTheState | None: ...


class Verify:
    """One application: what the State says of it, as a move to save."""

    def __init__(
        self,
        *,
        ring: KeyRing,
        clients: FindsClients,
        stop_calls: Callable[[UUID, datetime, str], None],
        first_retry: timedelta,
        chance: Random,
    ) -> None:
        self._ring = ring
        self._clients = clients
        self._stop_calls = stop_calls
        self._first_retry = first_retry
        self._chance = chance

    async def __call__(self, held: Held) -> Move:
        client = await self._clients.of(held.scheme_id, held.habilitation_id)
        if client is None:
            return _unprovided(held)
        key = self._ring.unwrap(held.key)
        outcome = await client.verify(_opened(held, key), datetime.now(UTC))
        after = self._consequence(outcome, held)
        if after.pause_until is not None:
            await self._pause(held, after.pause_until, type(outcome).__name__)
        return _move(held, after, _learnt(outcome, held, key, source=client.source))

    def _consequence(self, outcome: Outcome, held: Held) -> Consequence:
        return consequence(
            outcome,
            Standing(held.attempts, held.last_date),
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


def _opened(held: Held, key: DataKey) -> Application:
    return Application.model_validate_json(key.open(held.sealed, place=application_place(held.id)))


def _learnt(outcome: Outcome, held: Held, key: DataKey, *, source: str) -> Learnt:
    provenance = provenance_of(outcome)
    sealed = None
    if isinstance(outcome, Certified):
        facts = outcome.facts.model_dump_json().encode()
        sealed = key.seal(facts, place=evidence_place(held.id))
    return Learnt(
        outcome=type(outcome).__name__,
        source=source,
        fetched_at=provenance.fetched_at if provenance else datetime.now(UTC),
        http_status=provenance.http_status if provenance else None,
        code=provenance.code if provenance else None,
        request_id=provenance.request_id if provenance else None,
        sealed=sealed,
    )


def _unprovided(held: Held) -> Move:
    """Nobody was asked and nothing was learnt: a person reads why."""
    _log.warning("provider.missing", application=held.reference, scheme=str(held.scheme_id))
    return _move(held, Consequence(Status.TO_REVIEW, Reason.PROVIDER_MISSING), None)


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
