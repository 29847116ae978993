"""Health: outcomes stop tokens and endpoints for every worker, in the record and in Redis."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING

import pytest
from redis import Redis
from sqlalchemy import text

from services.verifier.clients import Profiles
from services.verifier.habilitations import ProviderPace, Rights
from services.verifier.health import TRY_TOKEN_AGAIN, Health, Trials
from shared.application import Application
from shared.evidence import (
    EAJE_SOURCE,
    Busy,
    Certified,
    EajeFacts,
    Forbidden,
    InputRefused,
    NoChildUnderSeven,
    NoFile,
    Outcome,
    Provenance,
    Unavailable,
)
from shared.protocol.claiming import Held
from shared.protocol.pauses import Turn, paused
from shared.protocol.waking import WITHIN
from shared.queue.bell import marker_key
from shared.queue.broker import open_redis
from shared.queue.limits import Limits
from shared.queue.pace import Pace, Permits
from shared.queue.stops import FAILURES, Stops
from shared.states import Lane, Reason, Status

if TYPE_CHECKING:
    from tests.integration.conftest import Record

pytestmark = pytest.mark.stack

_FROM = Provenance(source=EAJE_SOURCE, fetched_at=datetime(2026, 11, 24, tzinfo=UTC), http_status=1)
_DOWN = Unavailable(None, "reset")
_BREAKER = "breaker:eaje"


@dataclass
class Verifier:
    """One verifier process' view: what it is permitted, and what it learns."""

    record: "Record"
    client: Redis

    def __post_init__(self) -> None:
        engine = self.record.engine
        self.rights, profiles, trials = Rights(engine, self.record.ring), Profiles(engine), Trials()
        self.stops = Stops(self.client, namespace="test")
        pace = Pace(self.client, namespace="test")
        self.pace = ProviderPace(pace, self.rights, profiles, Limits(), trials)
        self.health = Health(engine, self.stops, profiles=profiles, trials=trials)

    @property
    def token(self) -> str:
        return self.rights.of(self.record.founded.habilitation).stop

    def take(self) -> Permits:
        """Permits for two calls, as soon as the pace has them."""
        founded = self.record.founded
        turn = Turn(founded.authority, founded.scheme, founded.habilitation, Lane.NOW)
        for bucket in (founded.habilitation, "api-particulier@default"):
            self.client.hset(f"test:permits:{bucket}", mapping={"tokens": 2, "at": 1})
        return self.pace.take(turn, 2)

    def learn(self, held: Held, *outcomes: Outcome) -> None:
        """As the verifier's step does."""
        for outcome in outcomes:
            if not self.health.learn_at_once(held, outcome, token=self.token):
                self.health.learn(held, outcome, token=self.token)

    def switches(self) -> dict[str, timedelta]:
        """Each switch that is on, and how far its time is."""
        now = datetime.now(UTC)
        rows = self.record.rows("SELECT name, until FROM switches")
        return {row.name: row.until - now for row in rows}


@pytest.fixture
def verifier(record: "Record", redis_url: str) -> Iterator[Verifier]:
    with open_redis(redis_url, timeout_s=5) as client:
        client.set(marker_key("test"), datetime.now(UTC).isoformat())
        yield Verifier(record, client)


@pytest.fixture
def held(record: "Record", application: Application) -> Held:
    [held] = record.claim([record.enrol(application)])
    return held


def _tried_before(record: "Record", application: Application) -> Held:
    [held] = record.claim([record.enrol(application, attempts=1)])
    return held


def test_one_refusal_stops_the_token_everywhere(
    verifier: Verifier, held: Held, record: "Record"
) -> None:
    """For six hours, in the record and in Redis; nobody else's endpoint is stopped for it."""
    verifier.learn(held, Forbidden(_FROM))

    [(name, ends_in)] = verifier.switches().items()
    assert verifier.token == name
    assert TRY_TOKEN_AGAIN - timedelta(minutes=1) < ends_in <= TRY_TOKEN_AGAIN
    refused = Verifier(record, verifier.client).take()
    assert (0, True) == (refused.given, refused.wait_s > 3_600 * 5)


def test_a_refused_token_is_tried_by_one_call(
    verifier: Verifier, held: Held, record: "Record"
) -> None:
    """At its time; refused again, six hours more for everybody."""
    verifier.stops.stop(verifier.token, datetime.now(UTC) - timedelta(seconds=1))
    other = Verifier(record, verifier.client)

    trial = verifier.take()
    assert (1, True) == (trial.given, trial.trying)
    assert 0 == other.take().given
    verifier.learn(held, Forbidden(_FROM))
    assert other.take().wait_s > 3_600 * 5


def test_a_token_that_passes_its_trial_goes_on(
    verifier: Verifier, held: Held, facts: EajeFacts
) -> None:
    """The switch is gone from the record and from Redis, whatever the answer says."""
    verifier.learn(held, Forbidden(_FROM))
    verifier.client.hset(f"test:stopped:{verifier.token}", "at", 1)
    verifier.take()
    verifier.learn(held, Certified(facts))

    assert {} == verifier.switches()
    assert Permits(1, 0.0) == verifier.take()  # gently, and no trial any more


def test_what_says_that_all_is_well_is_learnt_without_io(
    verifier: Verifier, held: Held, facts: EajeFacts
) -> None:
    """Once the profile is known; what breaks, and what may end a trial, is written down."""
    well, token = Certified(facts), verifier.token
    at_once = partial(verifier.health.learn_at_once, held, token=token)
    assert not at_once(well)

    assert 2 == verifier.take().given
    outcomes: list[Outcome] = [
        well,
        Busy(_FROM, None, whole_habilitation=True),
        Forbidden(_FROM),
        _DOWN,
    ]
    assert [True, True, False, False] == [at_once(one) for one in outcomes]
    verifier.stops.stop(token, datetime.now(UTC) - timedelta(seconds=1))
    assert verifier.take().trying
    assert not at_once(well)


def test_another_token_is_not_stopped_for_the_one_that_was(
    verifier: Verifier, held: Held, record: "Record"
) -> None:
    """Nobody resumes anything: the new token's first call is a call like any other."""
    verifier.learn(held, Forbidden(_FROM))
    with record.owner.begin() as connection:
        sealed = record.ring.seal_secret("another")
        connection.execute(text("UPDATE habilitations SET sealed_token = :s"), {"s": sealed})

    permits = Verifier(record, verifier.client).take()

    assert (2, False) == (permits.given, permits.trying)
    assert frozenset() == paused(record.engine).refused


def test_failures_in_a_row_stop_the_endpoint(
    verifier: Verifier, held: Held, record: "Record"
) -> None:
    """With the failure's name, for a few seconds; all of its schemes wait."""
    verifier.learn(held, *[_DOWN] * FAILURES)

    assert [_BREAKER] == list(verifier.switches())
    assert "reset" == record.one("SELECT reason FROM switches")
    assert {record.founded.scheme} == paused(record.engine).schemes
    assert 0 == Verifier(record, verifier.client).take().given


@pytest.mark.parametrize("outcome", [NoFile(_FROM), Forbidden(_FROM)])
def test_an_answer_among_failures_is_a_sign_of_life(
    verifier: Verifier, held: Held, outcome: Outcome
) -> None:
    """Whatever it says; it need not be good news."""
    for _ in range(FAILURES):
        verifier.learn(held, _DOWN, outcome)

    assert _BREAKER not in verifier.switches()


def test_a_busy_provider_is_no_sign_either_way(verifier: Verifier, held: Held) -> None:
    """A quota neither heals an endpoint nor makes it ill."""
    verifier.learn(held, *[Busy(_FROM, None, whole_habilitation=True)] * FAILURES)
    assert {} == verifier.switches()

    for _ in range(FAILURES):
        verifier.learn(held, _DOWN, Busy(_FROM, None, whole_habilitation=True))
    assert [_BREAKER] == list(verifier.switches())


def test_who_was_not_asked_gives_no_sign(verifier: Verifier, held: Held) -> None:
    """A field that we refuse ourselves ends no stop: no call has passed."""
    verifier.learn(held, Forbidden(_FROM))
    verifier.client.hset(f"test:stopped:{verifier.token}", "at", 1)
    verifier.take()
    verifier.learn(held, InputRefused(None, ("/tax_numbers",)), NoChildUnderSeven(None))

    assert [verifier.token] == list(verifier.switches())


def test_what_failed_before_says_nothing_of_the_others(
    verifier: Verifier, record: "Record", application: Application
) -> None:
    """A few families whose every call fails must not stop those whose calls would pass."""
    verifier.learn(_tried_before(record, application), *[_DOWN] * 3 * FAILURES)

    assert {} == verifier.switches()


def test_a_trial_that_fails_counts_whoever_it_was_about(
    verifier: Verifier, held: Held, record: "Record", application: Application
) -> None:
    """The endpoint stays stopped, for longer."""
    verifier.learn(held, *[_DOWN] * FAILURES)
    verifier.client.hset(f"test:stopped:{_BREAKER}", "at", 1)
    verifier.take()
    verifier.learn(_tried_before(record, application), _DOWN)

    assert timedelta(seconds=8) < verifier.switches()[_BREAKER] <= timedelta(seconds=10)


def test_a_trial_that_passes_opens_the_endpoint(
    verifier: Verifier, held: Held, record: "Record"
) -> None:
    """For every worker; one whose call was under way before opens nothing."""
    verifier.learn(held, *[_DOWN] * FAILURES)
    other = Verifier(record, verifier.client)
    other.learn(held, NoFile(_FROM))
    assert [_BREAKER] == list(verifier.switches())

    verifier.client.hset(f"test:stopped:{_BREAKER}", "at", 1)
    assert verifier.take().trying
    verifier.learn(held, NoFile(_FROM))

    assert {} == verifier.switches()
    assert 0 < other.take().given


def test_who_was_parked_for_an_endpoint_is_woken_when_it_is_back(
    verifier: Verifier, held: Held, record: "Record"
) -> None:
    """Spread over some minutes, with their last date; who waits for something else waits on."""
    later, last = datetime.now(UTC) + timedelta(hours=6), datetime.now(UTC) + timedelta(days=20)
    parked = {"status": Status.PARKED, "due_at": later, "last_date": last}
    failed = record.plant(200, reason=Reason.PROVIDER_UNAVAILABLE, **parked)
    absent = record.plant(1, reason=Reason.NO_FILE, **parked)
    verifier.learn(held, *[_DOWN] * FAILURES)
    verifier.client.hset(f"test:stopped:{_BREAKER}", "at", 1)
    verifier.take()

    verifier.learn(held, NoFile(_FROM))

    dues = sorted(due - datetime.now(UTC) for due in record.column("due_at", failed))
    assert timedelta(seconds=-5) < dues[0]
    assert timedelta(minutes=4) < dues[120] - dues[20]
    assert dues[-1] < WITHIN
    assert {last} == set(record.column("last_date", failed))
    assert [later] == record.column("due_at", absent)
