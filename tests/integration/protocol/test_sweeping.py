"""Sweeps: what happens to applications that no worker is looking at."""

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import text

from shared.protocol import lives, sweeping
from shared.protocol.tempo import QUARANTINE_AT
from shared.states import Reason, Status

if TYPE_CHECKING:
    from tests.integration.conftest import Record

pytestmark = pytest.mark.stack

PAST = datetime.now(UTC) - timedelta(hours=1)
FUTURE = datetime.now(UTC) + timedelta(hours=1)


def test_a_claim_has_a_longest_life_even_if_its_worker_lives(record: "Record") -> None:
    """A call that hangs for ever does not hold an application for ever."""
    ids = record.plant(2)
    record.claim(ids)
    record.change(ids[:1], claimed_at=datetime.now(UTC) - timedelta(seconds=130))
    assert sweeping.free_dead(record.engine, longest_claim=timedelta(seconds=120)) == 1
    assert [c is None for c in record.column("claim", ids)] == [True, False]


def test_what_was_started_too_often_is_quarantined(record: "Record") -> None:
    """At the limit, with its reason; just below it, not."""
    ids = record.plant(2)
    record.change(ids[:1], starts=QUARANTINE_AT)
    record.change(ids[1:], starts=QUARANTINE_AT - 1)
    assert sweeping.quarantine(record.engine, actor="test") == 1
    assert record.column("status", ids) == [Status.QUARANTINED, Status.RECEIVED]
    assert record.column("reason", ids) == [Reason.NEVER_FINISHED, None]
    assert record.column("due_at", ids[:1]) == [None]


def test_what_is_held_is_not_quarantined_yet(record: "Record") -> None:
    """It may still finish."""
    ids = record.plant(1)
    record.claim(ids)
    record.change(ids, starts=QUARANTINE_AT)
    assert sweeping.quarantine(record.engine, actor="test") == 0


def test_the_parked_wake_on_their_date(record: "Record") -> None:
    """Due at once, with their last date kept."""
    parked = {"status": Status.PARKED, "reason": Reason.NO_FILE, "last_date": FUTURE}
    ids = record.plant(1, due_at=PAST, **parked) + record.plant(1, due_at=FUTURE, **parked)
    assert sweeping.wake(record.engine, actor="test") == 1
    assert record.column("status", ids[:1]) == [Status.RECEIVED] or record.column(
        "status", ids[1:]
    ) == [Status.RECEIVED]
    assert record.one("SELECT last_date = :d FROM applications WHERE status = 'RECEIVED'", d=FUTURE)


def test_after_the_last_date_a_person_looks(record: "Record") -> None:
    """With the reason for which it was parked, and not due any more."""
    ids = record.plant(1, status=Status.PARKED, reason=Reason.NO_FILE, due_at=PAST, last_date=PAST)
    assert sweeping.wake(record.engine, actor="test") == 0
    assert sweeping.hand_over(record.engine, actor="test") == 1
    assert record.column("status", ids) == [Status.TO_REVIEW]
    assert record.column("reason", ids) == [Reason.NO_FILE]
    assert record.column("due_at", ids) == [None]


def test_a_call_held_back_past_its_last_date_is_a_person_s(record: "Record") -> None:
    """A day after it; what was never asked about, is held, or has time left, stays due."""
    yesterday = datetime.now(UTC) - timedelta(days=1, minutes=1)
    due = {"status": Status.RECEIVED, "due_at": PAST}
    refused = {"reason": Reason.ACCESS_FORBIDDEN, **due}
    late = record.plant(1, last_date=yesterday, **refused) + record.plant(
        1, last_date=yesterday, **due
    )
    stays = record.plant(1, last_date=PAST, **refused) + record.plant(1, **due)
    held = record.plant(1, last_date=yesterday, **refused)
    record.claim(held)

    assert sweeping.hand_over_held_up(record.engine, actor="test") == 2
    assert record.column("status", late) == [Status.TO_REVIEW] * 2
    assert set(record.column("reason", late)) == {
        Reason.ACCESS_FORBIDDEN,
        Reason.PROVIDER_UNAVAILABLE,
    }
    assert record.column("last_date", late) == [None, None]  # asked again, it has another
    assert record.column("status", stays + held) == [Status.RECEIVED] * 3


def test_a_reason_of_a_later_release_is_handed_on_as_it_is(record: "Record") -> None:
    """A scheduler that does not know the word stops for nobody, and the chain holds."""
    parked: dict[str, Any] = {"status": Status.PARKED, "due_at": PAST, "last_date": PAST}
    ids = record.plant(1, **parked, reason="not_of_today") + record.plant(1, **parked, reason=None)

    assert 2 == sweeping.hand_over(record.engine, actor="test")
    assert ["not_of_today", None] == [record.column("reason", [one])[0] for one in ids]
    assert "not_of_today" == record.one("SELECT reason FROM journal WHERE reason IS NOT NULL")


def test_the_long_dead_are_forgotten_unless_they_hold(record: "Record") -> None:
    """A worker's row stays as long as a claim names it."""
    gone, holding = record.worker(), record.worker()
    record.claim(record.plant(1), worker=holding)
    with record.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE workers SET alive_until = now() - interval '2 hours'")
    assert lives.forget(record.engine) == 1
    assert record.one("SELECT id FROM workers") == holding
    assert gone != holding


def test_old_idempotency_keys_are_forgotten(record: "Record") -> None:
    """Those of this month stay, and so does what they were answered with."""
    application = record.plant(1)[0]
    insert = text(
        "INSERT INTO idempotency (portal_id, key, body_mac, application_id, created_at) "
        "VALUES (:portal, :key, '', :application, now() - :age)"
    )
    ages = {"old": timedelta(days=31), "young": timedelta(days=29)}
    values = {"portal": record.founded.portal, "application": application}
    with record.engine.begin() as connection:
        connection.execute(insert, [{**values, "key": k, "age": a} for k, a in ages.items()])

    assert sweeping.forget_keys(record.engine, kept=timedelta(days=30)) == 1
    assert record.one("SELECT string_agg(key, ' ') FROM idempotency") == "young"


def test_evidence_that_nobody_took_is_forgotten(record: "Record") -> None:
    """At its end, row and key; what may still be taken stays."""
    insert = text(
        "INSERT INTO held_evidence (id, reference_hash, portal_id, scheme_id, outcome, source, "
        "fetched_at, sealed, ring_key, wrapped, expires_at) VALUES (gen_random_uuid(), :hash, "
        ":portal, :scheme, 'Certified', 's', now(), 's', 'k', 'w', now() + :left)"
    )
    left = {b"old": timedelta(seconds=-1), b"young": timedelta(minutes=1)}
    values = {"portal": record.founded.portal, "scheme": record.founded.scheme}
    with record.engine.begin() as connection:
        connection.execute(insert, [{**values, "hash": h, "left": s} for h, s in left.items()])

    assert sweeping.forget_evidence(record.engine) == 1
    assert record.one("SELECT reference_hash FROM held_evidence") == b"young"


def test_every_sweep_writes_the_journal(record: "Record") -> None:
    """Quarantine, wake and hand-over are transitions like any other."""
    record.plant(1, starts=QUARANTINE_AT)
    parked = {"status": Status.PARKED, "reason": Reason.NO_FILE, "due_at": PAST}
    record.plant(1, last_date=FUTURE, **parked)
    record.plant(1, last_date=PAST, **parked)
    sweeping.quarantine(record.engine, actor="test")
    sweeping.wake(record.engine, actor="test")
    sweeping.hand_over(record.engine, actor="test")
    moves = "SELECT string_agg(was || '>' || now, ' ' ORDER BY now) FROM journal"
    assert record.one(moves) == ("RECEIVED>QUARANTINED PARKED>RECEIVED PARKED>TO_REVIEW")


def test_tax_numbers_go_with_the_last_date(record: "Record") -> None:
    """Kept while the State may be asked again, by machine or by ops; then nobody needs them."""
    kept = {"sealed_tax_numbers": b"sealed", "due_at": PAST}
    [late] = record.plant(1, status=Status.PARKED, last_date=PAST, **kept)
    [woken] = record.plant(1, status=Status.PARKED, last_date=FUTURE, **kept)
    [stuck] = record.plant(1, starts=QUARANTINE_AT, **kept)

    sweeping.wake(record.engine, actor="test")
    sweeping.hand_over(record.engine, actor="test")
    sweeping.quarantine(record.engine, actor="test")

    standing = {row.id: row for row in record.rows("SELECT * FROM applications")}
    assert (Status.TO_REVIEW, None) == _numbers(standing[late])
    assert (Status.RECEIVED, b"sealed") == _numbers(standing[woken])
    assert (Status.QUARANTINED, b"sealed") == _numbers(standing[stuck])


def _numbers(row: Any) -> tuple[Status, bytes | None]:
    return row.status, row.sealed_tax_numbers
