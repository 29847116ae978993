"""Saves: in groups, once, and only by whoever holds."""

from datetime import UTC, date, datetime
from typing import TYPE_CHECKING
from uuid import uuid4

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import OperationalError

from shared.protocol import journal, saving, sweeping
from shared.protocol.tempo import Tempo
from shared.states import Lane, Status, Step
from shared.store.engine import open_engine
from shared.store.tables import JournalRow
from shared.watching.auditing import audit

if TYPE_CHECKING:
    from tests.integration.conftest import Record

pytestmark = pytest.mark.stack


def test_a_group_is_saved_with_its_journal(record: "Record") -> None:
    """State, reason, claim and journal move together."""
    ids = record.plant(3)
    moves = [record.reviewed(h) for h in record.claim(ids)]

    assert saving.save(record.engine, moves, actor="test") == set(ids)

    assert record.column("status", ids) == [Status.TO_REVIEW] * 3
    assert record.column("claim", ids) == [None] * 3
    assert record.column("starts", ids) == [0] * 3
    assert record.one("SELECT count(*) FROM journal") == 3


def test_what_another_took_meanwhile_is_not_saved(record: "Record") -> None:
    """A zombie's save finds another claim, and changes nothing."""
    ids = record.plant(2)
    old = record.claim(ids)
    record.change(ids, claim=None, claimed_by=None, claimed_at=None, starts=0)
    new = record.claim(ids)

    assert saving.save(record.engine, [record.reviewed(h) for h in old], actor="zombie") == set()
    assert saving.save(record.engine, [record.reviewed(h) for h in new], actor="heir") == set(ids)
    assert record.one("SELECT string_agg(DISTINCT actor, ',') FROM journal") == "heir"


def test_a_save_after_a_withdrawal_changes_nothing(record: "Record") -> None:
    """Whoever else changes an application clears its claim."""
    ids = record.plant(1)
    held = record.claim(ids)
    record.change(ids, status=Status.WITHDRAWN, claim=None, claimed_by=None, claimed_at=None)
    assert saving.save(record.engine, [record.reviewed(held[0])], actor="late") == set()
    assert record.column("status", ids) == [Status.WITHDRAWN]


def test_a_save_from_another_state_changes_nothing(record: "Record") -> None:
    """The state that the worker saw is asked for too, whoever forgot to clear the claim."""
    held = record.claim(record.plant(1))
    record.change([held[0].id], status=Status.PARKED)
    assert saving.save(record.engine, [record.reviewed(held[0])], actor="late") == set()
    assert record.column("status", [held[0].id]) == [Status.PARKED]


def test_the_same_claim_cannot_be_saved_twice(record: "Record") -> None:
    """The second save finds no claim."""
    move = record.reviewed(record.claim(record.plant(1))[0])
    assert len(saving.save(record.engine, [move], actor="test")) == 1
    assert saving.save(record.engine, [move], actor="test") == set()


def test_one_bad_row_harms_only_itself(record: "Record") -> None:
    """A row that the database refuses is let go for later; its start stays counted."""
    ids = record.plant(4)
    held = record.claim(ids)
    moves = [record.reviewed(h) for h in held]
    moves[1] = record.reviewed(held[1], trace="nul\x00")

    saved = saving.save(record.engine, moves, actor="test")

    bad = held[1].id
    assert saved == {h.id for h in held} - {bad}
    assert record.column("status", [bad]) == [Status.RECEIVED]
    assert record.column("starts", [bad]) == [1]
    assert record.column("claim", [bad]) == [None]


def test_a_database_in_trouble_is_told_to_the_caller(record: "Record") -> None:
    """Out of reach is not a refused row: nothing is let go, the caller tries again."""
    held = record.claim(record.plant(1))
    url = "postgresql+psycopg://nobody:x@127.0.0.1:9/none"
    unreachable = open_engine(url, name="test")
    with pytest.raises(OperationalError):
        saving.save(unreachable, [record.reviewed(held[0])], actor="test")
    assert record.column("claim", [held[0].id]) == [held[0].claim]


def test_an_unknown_move_cannot_even_be_made(record: "Record") -> None:
    """The list of moves is the law."""
    held = record.claim(record.plant(1))[0]
    with pytest.raises(ValueError, match="no move goes from RECEIVED to DECIDED"):
        record.reviewed(held, now=Status.DECIDED)


def test_decisions_are_numbered_per_application(record: "Record") -> None:
    """Each decision of an application is its next version."""
    ids = record.plant(2, status=Status.VERIFIED)
    for day in (1, 2):
        record.change(ids, status=Status.RECEIVED, due_at=datetime.now(UTC), starts=0)
        held = record.claim(ids)
        record.change(ids, status=Status.VERIFIED)
        moves = [
            record.reviewed(
                h,
                was=Status.VERIFIED,
                now=Status.DECIDED,
                reason=None,
                decided=record.decision(valid_from=date(2026, 9, day)),
            )
            for h in held
        ]
        saving.save(record.engine, moves, actor="test")
    versions = "SELECT string_agg(version::text, ',' ORDER BY version) FROM decisions"
    for id_ in ids:
        assert record.one(f"{versions} WHERE application_id = :id", id=id_) == "1,2"


def test_the_journal_is_a_chain(record: "Record") -> None:
    """A changed line breaks it where it was changed."""
    ids = record.plant(1)
    for _ in range(3):
        held = record.claim(ids)
        moves = [record.reviewed(held[0], now=Status.RECEIVED, due_at=held[0].received_at)]
        saving.save(record.engine, moves, actor="test")
    assert _first_break(record) is None

    with record.owner.begin() as connection:
        connection.exec_driver_sql("UPDATE journal SET reason = 'no_file' WHERE sequence = 2")

    assert _first_break(record) == 2


def _first_break(record: "Record") -> int | None:
    with record.engine.connect() as connection:
        statement = select(*JournalRow.__table__.columns).order_by(JournalRow.sequence)
        return journal.first_break(
            [JournalRow(**r) for r in connection.execute(statement).mappings()]
        )


def test_a_bare_claim_of_nothing_saves_nothing(record: "Record") -> None:
    """An application that does not exist is nobody's."""
    held = record.claim(record.plant(1))[0]
    move = record.reviewed(held, application_id=uuid4())
    assert saving.save(record.engine, [move], actor="test") == set()


def test_a_dead_worker_s_hold_is_freed_and_counted(record: "Record") -> None:
    """The start stays counted: it did not finish."""
    ids = record.plant(2)
    alive, dead = record.worker(), record.worker()
    record.claim(ids[:1], worker=alive)
    record.claim(ids[1:], worker=dead)
    with record.engine.begin() as connection:
        connection.execute(
            text("UPDATE workers SET alive_until = now() WHERE id = :id"), {"id": dead}
        )

    assert sweeping.free_dead(record.engine, longest_claim=Tempo().longest_claim) == 1

    assert [c is None for c in record.column("claim", ids)] == [False, True]
    assert record.column("starts", ids) == [1, 1]


def test_what_a_decision_ends_is_priced_anew_at_once(record: "Record") -> None:
    """Two moves in one save, each with its line; the day of the ended version is asked for."""
    ids = record.plant(2, status=Status.VERIFIED, lane=Lane.BULK)
    moves = [
        record.reviewed(
            held,
            now=Status.DECIDED,
            reason=None,
            decided=record.decision(),
            again_on=date(2027, 1, 1) if held.id == ids[0] else None,
        )
        for held in record.claim(ids, step=Step.PRICE)
    ]

    assert set(ids) == saving.save(record.engine, moves, actor="test")

    assert [Status.VERIFIED, Status.DECIDED] == record.column("status", ids)
    assert [date(2027, 1, 1), None] == record.column("effective_on", ids)
    assert [True, False] == [at is not None for at in record.column("due_at", ids)]
    assert [2, 1] == record.column("journal_sequence", ids)
    lines = record.rows(
        "SELECT was, now, evidence FROM journal WHERE application_id = :id ORDER BY sequence",
        id=ids[0],
    )
    assert [("VERIFIED", "DECIDED", False), ("DECIDED", "VERIFIED", True)] == [
        (line.was, line.now, line.evidence is None) for line in lines
    ]
    audited = audit(record.engine)
    assert (2, 0) == (audited.applications, audited.faulty)


def test_only_a_decision_has_something_priced_anew(record: "Record") -> None:
    """A proposal ends nothing before somebody says yes."""
    [held] = record.claim(record.plant(1, status=Status.VERIFIED), step=Step.PRICE)

    with pytest.raises(ValueError, match="only what is decided"):
        record.reviewed(held, now=Status.PROPOSED, again_on=date(2027, 1, 1))
