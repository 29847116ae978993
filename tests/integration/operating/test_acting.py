"""Acts on applications of a real record: columns, journal, and whoever else is at them."""

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID, uuid4

import pytest

from shared.canonical import canonical_json, digest
from shared.protocol import saving
from shared.protocol.operating.acting import TOGETHER, act
from shared.protocol.operating.noting import noted_of
from shared.protocol.operating.orders import CameTo, Order, Verb
from shared.protocol.switching import pause
from shared.review_acts import ClosedFor
from shared.states import Lane, Reason, Status
from shared.watching.timeline import read_timeline

if TYPE_CHECKING:
    from tests.integration.conftest import Record

pytestmark = pytest.mark.stack
_LATER = datetime(2027, 1, 5, 8, tzinfo=UTC)


def _order(verb: Verb, **given: Any) -> Order:
    return Order(verb=verb, actor="command:awa", comment="jeton remplacé", **given)


def _act(record: "Record", ids: list[UUID], verb: Verb, **given: Any) -> dict[UUID, CameTo]:
    with record.engine.begin() as connection:
        return act(connection, ids, _order(verb, **given))


def _far() -> dict[str, Any]:
    return {"due_at": datetime.now(UTC) + timedelta(hours=6), "attempts": 4}


def test_a_retry_is_due_and_journalled_with_its_comment(record: "Record") -> None:
    """The line holds the digest of the act, so that no comment can be changed unseen."""
    [id_] = record.plant(1, status=Status.PARKED, reason=Reason.NO_FILE, **_far())

    assert {id_: CameTo.DONE} == _act(record, [id_], Verb.RETRY)

    [(status, reason, attempts, due)] = record.rows(
        "SELECT status, reason, attempts, due_at <= now() FROM applications"
    )
    assert (Status.RECEIVED, None, 0, True) == (status, reason, attempts, due)
    seen = read_timeline(record.engine, record.reference_of(id_))
    assert seen is not None
    assert seen.broken_at is None
    assert [("command:awa", "PARKED", "RECEIVED")] == [
        (e.actor, e.was, e.now) for e in seen.entries
    ]
    with record.engine.connect() as connection:
        [noted] = noted_of(connection, id_)
    assert ("jeton remplacé", "retry", 1) == (noted.comment, noted.act, noted.sequence)
    kept = digest(canonical_json(_order(Verb.RETRY).act()))
    assert kept == record.one("SELECT evidence FROM journal")


def test_no_portal_is_told_of_a_change_that_is_none(record: "Record") -> None:
    """A second retry of what was received stays in its state: a line, and no event."""
    [id_] = record.plant(1, reason=Reason.PROVIDER_BUSY, **_far())
    _act(record, [id_], Verb.RETRY)
    record.change([id_], **_far())
    _act(record, [id_], Verb.RETRY)

    assert [2, 1] == [
        record.one(f"SELECT count(*) FROM {table}")  # noqa: S608
        for table in ("journal", "events")
    ]


def test_whoever_held_it_finds_it_gone(record: "Record") -> None:
    """A worker saves after an agent was given it: nothing of the worker's is kept."""
    [id_] = record.plant(1)
    [held] = record.claim([id_])

    assert {id_: CameTo.DONE} == _act(record, [id_], Verb.TO_REVIEW)
    saved = saving.save(record.engine, [record.reviewed(held)], actor="service:test")

    assert set() == saved
    assert [None] == record.column("claim", [id_])
    assert [(Status.TO_REVIEW, Reason.PROVIDER_UNAVAILABLE)] == [
        tuple(row) for row in record.rows("SELECT status, reason FROM applications")
    ]


def test_nothing_is_hastened_that_a_worker_has(record: "Record") -> None:
    """And its save goes in as if nobody had asked."""
    [id_] = record.plant(1)
    [held] = record.claim([id_])

    assert {id_: CameTo.HELD} == _act(record, [id_], Verb.RETRY)
    assert {id_} == saving.save(record.engine, [record.reviewed(held)], actor="service:test")


def test_a_lane_is_changed_under_a_worker_s_hands(record: "Record") -> None:
    """It goes on, in the journal after the act."""
    [id_] = record.plant(1)
    [held] = record.claim([id_])

    assert {id_: CameTo.DONE} == _act(record, [id_], Verb.LANE, lane=Lane.BULK)
    assert {id_} == saving.save(record.engine, [record.reviewed(held)], actor="service:test")
    seen = read_timeline(record.engine, record.reference_of(id_))
    assert seen is not None
    assert (None, Lane.BULK, 2) == (seen.broken_at, seen.lane, len(seen.entries))


def test_a_retry_waits_for_its_time(record: "Record") -> None:
    """Not beyond the date after which a person looks."""
    free, bound = record.plant(2, status=Status.PARKED, **_far())
    record.change([bound], last_date=_LATER - timedelta(days=1))

    came = _act(record, [free, bound], Verb.RETRY_AT, at=_LATER)

    assert {free: CameTo.DONE, bound: CameTo.AFTER_LAST_DATE} == came
    assert [_LATER] == record.column("due_at", [free])


def test_a_released_one_is_alone_with_its_worker(record: "Record") -> None:
    """It is claimed in the last tier, and in no other."""
    [id_] = record.plant(1, status=Status.QUARANTINED, starts=5, due_at=None)

    assert {id_: CameTo.DONE} == _act(record, [id_], Verb.RELEASE)
    assert [] == record.claim([id_])
    assert [2] == record.column("starts", [id_])


def test_a_closed_one_is_reviewed_and_gives_its_place(record: "Record") -> None:
    """Through the agent's state, with its ground; the family may hand in the same again."""
    [id_] = record.plant(1, status=Status.PARKED, sealed_tax_numbers=b"sealed")

    assert {id_: CameTo.DONE} == _act(record, [id_], Verb.CLOSE, ground=ClosedFor.DUPLICATE)
    assert [("closed", "duplicate")] == [
        tuple(row) for row in record.rows("SELECT act, ground FROM reviews")
    ]
    assert ["TO_REVIEW", "CLOSED"] == [
        row.now for row in record.rows("SELECT now FROM journal ORDER BY sequence")
    ]
    assert [None] == record.column("sealed_tax_numbers", [id_])
    [again] = record.plant(1, same_application=id_.bytes)
    assert again != id_


def test_what_the_family_took_back_stays_taken_back(record: "Record") -> None:
    """Whichever order comes after."""
    ids = record.plant(2, status=Status.WITHDRAWN, due_at=None)
    for verb in (Verb.RETRY, Verb.RELEASE, Verb.TO_REVIEW):
        assert dict.fromkeys(ids, CameTo.ENDED) == _act(record, ids, verb)

    assert 0 == record.one("SELECT count(*) FROM operations")


def test_documents_that_a_family_chose_are_not_asked_of_the_state(record: "Record") -> None:
    """Even when its reason has changed since: the journal knows."""
    [id_] = record.plant(1, status=Status.RECEIVED)
    [held] = record.claim([id_])
    chose = record.reviewed(held, reason=Reason.DOCUMENTS_CHOSEN)
    saving.save(record.engine, [chose], actor="service:test")
    record.change([id_], reason=Reason.FIGURES_TO_CHECK)

    assert {id_: CameTo.DOCUMENTS} == _act(record, [id_], Verb.RETRY)


def test_acts_hold_so_many_at_a_time(record: "Record") -> None:
    """One more is refused; an id of nobody is told as such."""
    nobody = uuid4()

    assert {nobody: CameTo.GONE} == _act(record, [nobody], Verb.RETRY)
    with pytest.raises(ValueError, match=f"{TOGETHER} applications at most"):
        _act(record, [uuid4() for _ in range(TOGETHER + 1)], Verb.RETRY)


def test_a_pause_outlives_a_retry(record: "Record") -> None:
    """What is switched off stays so: the application is due, and waits."""
    [id_] = record.plant(1, **_far())
    pause(record.engine, "ringing", until=None, reason="essai", by="test")
    _act(record, [id_], Verb.RETRY)

    assert 1 == record.one("SELECT count(*) FROM switches")
