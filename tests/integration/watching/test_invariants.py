"""The invariants: each breach that was planted is found, what is sound is not accused."""

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID

import pytest
from sqlalchemy import text

from services.scheduler.inspector import Inspector
from shared.protocol.reviewing.clocks import acknowledge
from shared.queue.broker import open_redis
from shared.scheme_rules import Silence, SilenceEffect
from shared.states import Reason, Status
from shared.watching import findings, invariants
from shared.watching.figures import Finding, Invariant
from shared.watching.reading import read_snapshot

if TYPE_CHECKING:
    from tests.integration.watching.conftest import Stand

_RECEIVED: dict[str, Any] = {"actor": "portal:arles-famille", "was": None, "now": "RECEIVED"}
_VERIFIED = {"actor": "service:verifier", "was": "RECEIVED", "now": "VERIFIED"}


def _sound(stand: "Stand", **columns: Any) -> UUID:
    """An application as the services leave it, its journal and its event included."""
    [id_] = stand.plant(**columns)
    stand.tell(id_, _RECEIVED)
    return id_


def _broken(stand: "Stand") -> list[Invariant]:
    return [one.invariant for one in invariants.look_on(stand.engine, invariants.FIRST).broken]


def test_what_is_sound_is_not_accused(stand: "Stand") -> None:
    """Received, verified, parked until a date, and one that nobody ever told of."""
    _sound(stand)
    [verified] = stand.plant(status=Status.VERIFIED)
    stand.tell(verified, _RECEIVED, _VERIFIED)
    stand.plant(status=Status.PARKED, due_at=datetime.now(UTC) + timedelta(days=7))

    assert [] == _broken(stand)


@pytest.mark.parametrize("status", [Status.RECEIVED, Status.VERIFIED, Status.PARKED])
def test_what_goes_on_has_a_next_step(status: Status, stand: "Stand") -> None:
    """Neither due nor held: it would stand there for ever."""
    stand.plant(status=status, due_at=None)

    assert [Invariant.NEXT_STEP] == _broken(stand)


@pytest.mark.parametrize("status", [Status.TO_REVIEW, Status.DECIDED, Status.QUARANTINED])
def test_what_a_person_settles_needs_no_date(status: Status, stand: "Stand") -> None:
    """An agent, or nobody, is the next step of what waits for a person or is over."""
    stand.plant(status=status, due_at=None)

    assert [] == _broken(stand)


@pytest.mark.parametrize(
    "damage",
    [
        "DELETE FROM journal WHERE sequence = 1",
        "DELETE FROM journal WHERE sequence = 2",
        "DELETE FROM journal",
        "UPDATE journal SET hash = 'other' WHERE sequence = 2",
        "UPDATE applications SET journal_sequence = 3",
    ],
)
def test_a_journal_with_a_hole_is_found(damage: str, stand: "Stand") -> None:
    """A first, a last or every line that is gone; a head that is not its last line's."""
    [id_] = stand.plant(status=Status.VERIFIED)
    stand.tell(id_, _RECEIVED, _VERIFIED)
    stand.run(damage)

    assert [Invariant.JOURNAL] == _broken(stand)


def test_a_state_that_the_journal_does_not_say_is_found(stand: "Stand") -> None:
    """A row that somebody moved by hand is of no chain, and its portal was not told."""
    _sound(stand)
    stand.run("UPDATE applications SET status = 'CLOSED'")

    assert [Invariant.JOURNAL, Invariant.LEDGER] == _broken(stand)


def test_a_portal_that_was_told_otherwise_is_found(stand: "Stand") -> None:
    """The last event says another reason than the application's."""
    [id_] = stand.plant(status=Status.TO_REVIEW, reason=Reason.NOT_IDENTIFIED)
    moved = {"actor": "service:verifier", "was": "RECEIVED", "now": "TO_REVIEW"}
    stand.tell(id_, _RECEIVED, {**moved, "reason": Reason.NOT_IDENTIFIED})
    assert [] == _broken(stand)

    stand.run("UPDATE events SET reason = 'inconsistent' WHERE sequence = 2")

    assert [Invariant.LEDGER] == _broken(stand)


@pytest.mark.parametrize(("days", "late"), [(30, False), (100, True)])
def test_a_proposal_past_its_date_is_found(days: int, *, late: bool, stand: "Stand") -> None:
    """Two months without an answer: silence has decided, and nobody has seen it."""
    received = datetime.now(UTC) - timedelta(days=days)
    [id_] = stand.plant(status=Status.PROPOSED, due_at=None, received_at=received)
    silence = Silence(effect=SilenceEffect.REJECTION, months=2)
    with stand.engine.begin() as connection:
        acknowledge(connection, [(id_, silence)], at=received, actor="portal:arles-famille")

    assert late == (Invariant.PROPOSAL_DATE in _broken(stand))


def test_a_walk_goes_page_by_page_and_ends(stand: "Stand") -> None:
    """Every application is seen once, in the order of ids, and the end is told."""
    stand.plant(5, due_at=None)
    seen, after = [], invariants.FIRST
    while True:
        look = invariants.look_on(stand.engine, after, page=2)
        seen.append(look.seen)
        if look.last is None:
            break
        after = look.last

    assert [2, 2, 1] == seen


def _inspector(stand: "Stand") -> Inspector:
    return Inspector(stand.engine, stand.redis, namespace="berceau", begin=invariants.FIRST)


def _found(stand: "Stand") -> dict[Invariant, tuple[int, tuple[str, ...]]]:
    snapshot = read_snapshot(stand.engine, stand.redis, namespace="berceau", window=32)
    return {one.invariant: (one.broken, one.named) for one in snapshot.findings}


def test_an_inspector_tells_until_it_is_mended(stand: "Stand") -> None:
    """Whoever watches reads it with the other figures; another scheduler looks at it again."""
    stand.plant(due_at=None)
    assert 1 == _inspector(stand).look()
    assert (1, ("TEST-0001",)) == _found(stand)[Invariant.NEXT_STEP]

    elsewhere = Inspector(
        stand.engine, stand.redis, namespace="berceau", begin=UUID(int=2**128 - 1)
    )
    assert 1 == elsewhere.look()

    stand.run("UPDATE applications SET due_at = now()")
    assert 0 == elsewhere.look()
    assert dict.fromkeys(Invariant, (0, ())) == _found(stand)


def test_a_finding_names_so_many(stand: "Stand") -> None:
    """All are counted, the first are named."""
    stand.plant(findings.MOST_NAMED + 5, due_at=None)
    _inspector(stand).look()

    broken, named = _found(stand)[Invariant.NEXT_STEP]
    assert (findings.MOST_NAMED + 5, findings.MOST_NAMED) == (broken, len(named))


def test_what_was_found_is_forgotten_in_time(stand: "Stand") -> None:
    """Without a scheduler nobody is told for ever of what one once found."""
    findings.keep(
        stand.redis, "berceau", [Finding(Invariant.JOURNAL, datetime.now(UTC), 1, 1, ("REF",))]
    )

    left = stand.redis.ttl("berceau:invariants")
    assert 0 < left <= findings.KEPT_FOR.total_seconds()


def test_a_redis_that_is_away_costs_one_look(stand: "Stand") -> None:
    """The walk goes on when it is back."""
    with open_redis("redis://127.0.0.1:9/0", timeout_s=0.2) as away:
        inspector = Inspector(stand.engine, away, namespace="berceau", begin=invariants.FIRST)
        assert 0 == inspector.look()


def test_a_page_costs_the_record_little(stand: "Stand") -> None:
    """A look goes by the indexes of ids, of the journal and of events: no table is read whole."""
    stand.plant(3)
    with stand.engine.begin() as connection:
        connection.execute(text("SET LOCAL enable_seqscan = off"))
        plan = connection.execute(
            text(f"EXPLAIN {invariants._NEXT.text}"), {"after": invariants.FIRST, "page": 1_000}
        ).scalars()
        read_whole = [line for line in plan if "Seq Scan" in line and "schemes" not in line]

    assert [] == read_whole
