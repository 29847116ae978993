"""The town: one record with its portal, agents and processes, all in the machine's hands."""

import json
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import count
from random import Random
from typing import Any, cast
from uuid import UUID

from sqlalchemy import insert, text

from services.command.records import webhooks
from services.command.records.book import Hand
from services.command.review.figures import Figures
from services.command.review.office import Office
from services.intake.franceconnect.asking import Asking
from services.intake.parts import Limits, Parts
from services.intake.portals import Caller, Footprint
from services.intake.promise import Promise
from services.scheduler.clockwork import Clockwork
from services.tariff.parties import Parties
from services.tariff.shelf import Shelf
from services.tariff.work import Price
from services.verifier.work import Verify, calls_stopper
from shared.application import Application
from shared.portal_keys import mint_key
from shared.protocol.operating.acting import act
from shared.protocol.operating.orders import CameTo, Order, Verb
from shared.queue.tolls import Alone
from shared.states import Step
from shared.store.parties import PortalKeyRow
from shared.store.places import decision_place
from shared.working.switchboard import Switchboard
from tests.integration.conftest import Record
from tests.integration.machine.bag import Bag, NoStops, Pacing
from tests.integration.machine.clock import Clock
from tests.integration.machine.families import State
from tests.integration.machine.gates import Loop
from tests.integration.machine.processes import SLOW, Ground, Messenger, Worker

PORTAL = "arles-famille"
HOOK = "https://portail.test/berceau"
CARE = date(2026, 9, 1)
HAND = Hand("command:test", datetime(2026, 11, 23, tzinfo=UTC))
PAPERS = Figures.model_validate(
    {"children": 2, "aeeh_children": 0, "annual_resources": "24000", "resources_year": 2026}
)
_NOW = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)
_FORGET = text("""
    TRUNCATE applications, application_keys, decisions, deliveries, events, idempotency, journal,
             reviews, switches, verifications, workers CASCADE
""")


@dataclass(frozen=True)
class Place:
    """What is founded once for many examples."""

    record: Record
    key: str
    application: Application


def settle_in(record: Record, application: Application) -> Place:
    """Give the portal a key, and an address at which it is told."""
    key, hashed = mint_key()
    with record.engine.begin() as connection:
        row = {"portal_id": record.founded.portal, "key_hash": hashed}
        connection.execute(insert(PortalKeyRow), row)
    return Place(record, key, application)


class Town:
    """A fresh record, and everything at work on it."""

    def __init__(self, place: Place) -> None:
        self.record = place.record
        self.key = place.key
        self.engine = place.record.engine
        self.portal = place.record.founded.portal
        self._empty()
        self.loop = Loop()
        self.clock = Clock(self.record.owner)
        self.bag = Bag()
        self.pace = Pacing(self.bag)
        self.state = State()
        self.ground = self._ground()
        self.parts = self._parts()
        self.workers = [Worker(self.ground) for _ in range(3)]
        self.messengers = [Messenger(self.ground) for _ in range(2)]

    def _empty(self) -> None:
        with self.record.owner.begin() as connection:
            connection.execute(_FORGET)
        self.restart_webhook()

    def restart_webhook(self) -> None:
        """Say anew where the portal is told: what was stopped goes on."""
        with self.engine.begin() as connection:
            webhooks.set_url(connection, HAND, self.record.ring, PORTAL, HOOK, loopback=False)

    def _ground(self) -> Ground:
        ring = self.record.ring
        verify = Verify(
            ring=ring,
            clients=self.state,
            stop_calls=calls_stopper(self.engine, self.pace),
            health=self.state,
            first_retry=timedelta(seconds=10),
            chance=Random(7),
        )
        price = Price(ring=ring, scales=Shelf(self.engine), parties=Parties(self.engine))
        return Ground(
            engine=self.engine,
            ring=ring,
            loop=self.loop,
            clock=self.clock,
            bell=self.bag,
            pace=self.pace,
            switches=Switchboard(self.engine, clock=count(0.0, 2.0).__next__),
            works={Step.VERIFY: verify, Step.PRICE: price},
            tempo=SLOW,
        )

    def _parts(self) -> Parts:
        return Parts(
            engine=self.engine,
            key_ring=self.record.ring,
            bell=self.bag,
            redis_answers=lambda: True,
            tolls=Alone(clock=lambda: 0.0),
            promises=Promise(promised_s=86_400, clock=lambda: 0.0),
            asking=cast("Asking", None),  # nobody calls back from FranceConnect
            scale_of=Shelf(self.engine).scale,
            limits=Limits(),
            clock=lambda: _NOW,
        )

    @property
    def caller(self) -> Caller:
        """The portal, at each request."""
        return Caller(f"Bearer {self.key}", Footprint(), Alone(clock=lambda: 0.0))

    @property
    def office(self) -> Office:
        """An agent's desk."""
        return Office(self.engine, self.record.ring, "command:test", datetime.now(UTC))

    def release(self, id_: UUID) -> bool:
        """Ops release an application from quarantine; whether it was there."""
        order = Order(verb=Verb.RELEASE, actor="command:ops", comment="essai")
        with self.engine.begin() as connection:
            return act(connection, [id_], order)[id_] is CameTo.DONE

    def tick(self) -> None:
        """One tick of a scheduler that has just begun: it sweeps at once."""
        Clockwork(self.engine, self.bag, self.pace, NoStops(), tempo=SLOW).tick()

    def advance(self, by: timedelta) -> None:
        """Let time pass; whoever is not frozen beats all the while."""
        living = [*self.workers, *self.messengers]
        beating = [one.life.worker for one in living if not one.frozen]
        self.clock.advance(by, beating=beating)
        self.pace.age(by)
        if self.bag.marker is not None:
            self.bag.marker -= by

    def fee(self, id_: UUID) -> tuple[int, int | None]:
        """How many decisions bind, and the monthly cents of the last of them."""
        query = "SELECT sealed FROM decisions WHERE application_id = :id AND NOT proposed"
        rows = self.record.rows(f"{query} ORDER BY version", id=id_)
        if not rows:
            return 0, None
        opened = self.record.key_of(id_).open(rows[-1].sealed, place=decision_place(id_))
        content: dict[str, Any] = json.loads(opened)
        return len(rows), content["record"]["fee"]["monthly_cents"]

    def close(self) -> None:
        """End every process."""
        self.loop.close()
