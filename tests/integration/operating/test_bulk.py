"""Bulk actions on a real record: each application once, whoever dies, pauses or cancels."""

import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID

import pytest
from sqlalchemy import event, text
from sqlalchemy.exc import OperationalError

from shared.protocol import saving
from shared.protocol.operating import bulk, carrying
from shared.protocol.operating.actions import (
    MOST_LISTED,
    ActionProgress,
    ActionState,
    find,
    latest,
    progress_of,
)
from shared.protocol.operating.bulk import TooManyError
from shared.protocol.operating.carrying import Carried
from shared.protocol.operating.orders import CameTo, Order, Verb
from shared.protocol.operating.previewing import MOST_MEMBERS, preview
from shared.seeking.sought import Sought
from shared.seeking.writing import SoughtError
from shared.states import Lane, Reason, Status

if TYPE_CHECKING:
    from tests.integration.conftest import Record

pytestmark = pytest.mark.stack
_TO_REVIEW = Order(verb=Verb.TO_REVIEW, actor="command:awa", comment="panne longue")
_RETRY = Order(verb=Verb.RETRY, actor="command:awa", comment="panne finie")
_PARKED = Sought(state=(Status.PARKED,))


def _parked(record: "Record", how_many: int, **columns: Any) -> list[UUID]:
    later = datetime.now(UTC) + timedelta(hours=6)
    parked: dict[str, Any] = {"status": Status.PARKED, "reason": Reason.PROVIDER_UNAVAILABLE}
    return record.plant(how_many, **parked, due_at=later, attempts=6, **columns)


def _start(record: "Record", order: Order = _TO_REVIEW, **more: Any) -> UUID:
    with record.engine.begin() as connection:
        return bulk.start(connection, _PARKED, order, **more)


def _progress(record: "Record", action: UUID) -> ActionProgress:
    with record.engine.connect() as connection:
        found = find(connection, action)
        assert found is not None
        return progress_of(connection, found)


def _state(record: "Record", action: UUID) -> ActionState:
    with record.engine.connect() as connection:
        found = find(connection, action)
    assert found is not None
    return found.state


def _state_in_record(record: "Record", action: UUID) -> ActionState:
    """Of one that this release may not read."""
    return ActionState(record.one("SELECT state FROM bulk_actions WHERE id = :id", id=action))


def _lines(record: "Record") -> Counter[UUID]:
    """How many lines of the journal each application has."""
    return Counter(row.id for row in record.rows("SELECT application_id AS id FROM journal"))


def _carry_all(record: "Record", **how: Any) -> int:
    """Until a look does nothing more; how many looks did something."""
    looks = 0
    while carrying.carry(record.engine, **how) != Carried():
        looks += 1
    return looks


def test_everything_sought_is_done_once_and_counted(record: "Record") -> None:
    """And nothing else; what changed meanwhile is left with its reason."""
    ids = _parked(record, 5)
    others = record.plant(2)
    action = _start(record)
    record.change(ids[:1], status=Status.WITHDRAWN)
    _carry_all(record, chunk=2)

    assert [Status.WITHDRAWN, *[Status.TO_REVIEW] * 4] == record.column("status", ids)
    assert [Status.RECEIVED] * 2 == record.column("status", others)
    assert ActionProgress(5, 4, {CameTo.ENDED: 1}, 0) == _progress(record, action)
    assert ActionState.FINISHED is _state(record, action)
    assert [action] * 4 == [
        row.action_id for row in record.rows("SELECT action_id FROM operations WHERE sequence > 0")
    ]


def test_a_preview_counts_what_fits(record: "Record") -> None:
    """By state, with the least time that the providers need."""
    _parked(record, 36)
    record.plant(4, status=Status.DECIDED, due_at=None)
    with record.engine.connect() as connection:
        seen = preview(connection, Sought(), Verb.RETRY)
        narrow = preview(connection, _PARKED, Verb.LANE, within=[])

    assert ({Status.PARKED: 36, Status.DECIDED: 4}, 36, 40) == (seen.found, seen.fits, seen.total)
    assert timedelta(seconds=2) == seen.at_pace  # 18 calls a second
    assert (0, None) == (narrow.total, narrow.at_pace)


def test_more_than_was_previewed_is_not_begun(record: "Record") -> None:
    """Nor more than an action may hold; nothing of it is kept."""
    _parked(record, 3)
    with pytest.raises(TooManyError) as refused:
        _start(record, at_most=2)

    assert 2 == refused.value.most
    assert [0, 0] == [
        record.one(f"SELECT count(*) FROM {table}")  # noqa: S608
        for table in ("bulk_actions", "bulk_members")
    ]
    assert MOST_MEMBERS == 100_000


def test_whose_authority_it_is_not_is_left_out(record: "Record") -> None:
    """Of a filter, and of a list of ids."""
    other = record.found_another("nimes")
    [ours], theirs = _parked(record, 1), _parked(record, 2, authority_id=other.authority)
    mine: dict[str, Any] = {"within": [record.founded.authority]}
    by_filter = _start(record, **mine)
    with record.engine.begin() as connection:
        by_ids = bulk.start_on(connection, [ours, *theirs], _RETRY, **mine)

    assert [1, 1] == [_progress(record, one).total for one in (by_filter, by_ids)]


def test_writing_down_members_holds_up_no_worker(record: "Record") -> None:
    """It may take seconds: until it is kept, its applications are claimed and saved as ever."""
    held = record.claim(record.plant(1))
    free = record.plant(1)
    with record.engine.begin() as connection:
        bulk.start(connection, Sought(), _TO_REVIEW)
        moves = [record.reviewed(one) for one in held]
        with ThreadPoolExecutor(1) as pool:
            saving_it = pool.submit(saving.save, record.engine, moves, actor="test")
            claimed = [one.id for one in record.claim(free)]
            saved = saving_it.result(timeout=5)

    assert (free, {one.id for one in held}) == (claimed, saved)


def test_a_code_of_nobody_is_told(record: "Record") -> None:
    """By its field."""
    with record.engine.begin() as connection, pytest.raises(SoughtError) as refused:
        bulk.start(connection, Sought(portal="nulle-part"), _RETRY)

    assert ["portal"] == list(refused.value.faults)


def test_retries_are_handed_out_a_window_at_a_time(record: "Record") -> None:
    """So that whoever comes next waits for a window, and not for thousands."""
    ids = _parked(record, 9)
    action = _start(record, _RETRY)
    looks = [carrying.carry(record.engine, window=4).done for _ in range(3)]

    assert [4, 0, 0] == looks
    assert 5 == _progress(record, action).left
    due = [row.id for row in record.rows("SELECT id FROM applications WHERE status = 'RECEIVED'")]
    record.change(due, status=Status.DECIDED, due_at=None)
    assert 4 == carrying.carry(record.engine, window=4).done
    assert len(ids) - 8 == _progress(record, action).left


def test_a_stopped_authority_holds_up_no_other(record: "Record") -> None:
    """Its window is full; the others' is not."""
    other = record.found_another("nimes")
    record.plant(4)
    _parked(record, 2)
    _parked(record, 2, authority_id=other.authority)
    _start(record, _RETRY)

    assert 2 == carrying.carry(record.engine, window=4).done


def test_so_many_chunks_are_done_at_a_look(record: "Record") -> None:
    """Each tick lasts so long and no longer, and in the end every action is through."""
    _parked(record, 1)
    actions = [_start(record) for _ in range(carrying.MOST_CHUNKS + 1)]

    assert Carried(done=1, skipped=carrying.MOST_CHUNKS - 1) == carrying.carry(record.engine)
    _carry_all(record)
    assert {ActionState.FINISHED} == {_state(record, action) for action in actions}


@pytest.mark.parametrize("column", ["verb", "lane", "ground"])
def test_words_of_a_later_release_are_left_to_it(record: "Record", column: str) -> None:
    """They end no scheduler, and hold up no other action."""
    _parked(record, 1)
    later, known = _start(record), _start(record)
    with record.engine.begin() as connection:
        told = text(f"UPDATE bulk_actions SET {column} = 'later' WHERE id = :id")  # noqa: S608
        connection.execute(told, {"id": later})
    _carry_all(record)

    assert [ActionState.RUNNING, ActionState.FINISHED] == [
        _state_in_record(record, action) for action in (later, known)
    ]


def test_a_pause_holds_and_a_resumption_goes_on(record: "Record") -> None:
    """Each is written down with who and why; twice changes nothing."""
    _parked(record, 4)
    action = _start(record)
    said: dict[str, Any] = {"actor": "command:awa", "comment": "attendre"}
    carrying.carry(record.engine, chunk=1)
    with record.engine.begin() as connection:
        assert [True, False] == [bulk.pause(connection, action, **said) for _ in range(2)]
    paused = carrying.carry(record.engine)
    with record.engine.begin() as connection:
        assert [True, False] == [bulk.resume(connection, action, **said) for _ in range(2)]
    _carry_all(record)

    assert Carried() == paused
    assert 4 == _progress(record, action).done
    assert ["bulk_start", "bulk_paused", "bulk_running"] == [
        row.act
        for row in record.rows("SELECT act FROM operations WHERE sequence IS NULL ORDER BY at")
    ]


def test_what_is_cancelled_stays_as_it_is(record: "Record") -> None:
    """What was done stays done; both are counted."""
    ids = _parked(record, 3)
    action = _start(record)
    carrying.carry(record.engine, chunk=1)
    with record.engine.begin() as connection:
        assert bulk.cancel(connection, action, actor="command:awa", comment="erreur")

    assert Carried() == carrying.carry(record.engine)
    assert Counter({Status.PARKED: 2, Status.TO_REVIEW: 1}) == Counter(record.column("status", ids))
    assert ActionProgress(3, 1, {CameTo.CANCELLED: 2}, 0) == _progress(record, action)


def test_time_left_goes_by_what_was_seen(record: "Record") -> None:
    """Nothing is promised before anything was done."""
    _parked(record, 10)
    action = _start(record)
    before = _progress(record, action)
    carrying.carry(record.engine, chunk=4)
    after = _progress(record, action)

    assert (None, 0.0) == (before.remaining, before.share)
    assert after.a_minute is not None
    assert timedelta(minutes=6 / after.a_minute) == after.remaining
    assert 0.4 == after.share


def test_two_schedulers_do_each_once(record: "Record") -> None:
    """At the same time, as often as they like."""
    ids = _parked(record, 60)
    action = _start(record)
    ready = threading.Barrier(2)
    threads = [threading.Thread(target=_carry_beside, args=(record, ready)) for _ in range(2)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    _carry_all(record)

    assert 60 == _progress(record, action).done
    assert dict.fromkeys(ids, 1) == _lines(record)


def _carry_beside(record: "Record", ready: threading.Barrier) -> None:
    ready.wait()
    for _ in range(30):
        carrying.carry(record.engine, chunk=3)


def test_a_connection_cut_in_the_middle_leaves_a_whole_chunk_or_none(record: "Record") -> None:
    """Whatever is cut, at whichever statement: the next scheduler does what is left, once."""
    ids = _parked(record, 30)
    action = _start(record)
    for nth in range(8):
        _carry_cut(record, after=nth)
    _carry_all(record, chunk=3)

    assert dict.fromkeys(ids, 1) == _lines(record)
    assert 30 == _progress(record, action).done


def _carry_cut(record: "Record", *, after: int) -> None:
    """Carry one chunk over a connection that breaks before the statement of this number."""
    left = [after]

    def cut(_c: Any, cursor: Any, *_rest: Any) -> None:
        left[0] -= 1
        if left[0] == 0:
            cursor.connection.close()

    event.listen(record.engine, "before_cursor_execute", cut)
    try:
        carrying.carry(record.engine, chunk=3)
    except OperationalError:
        pass
    finally:
        event.remove(record.engine, "before_cursor_execute", cut)


def test_members_are_forgotten_and_their_count_is_kept(record: "Record") -> None:
    """Of actions that have long been over, a batch at a time."""
    _parked(record, 3)
    action = _start(record)
    _carry_all(record)
    forgot = [carrying.forget_members(record.engine, kept=timedelta(0)) for _ in range(2)]

    assert [3, 0] == forgot
    assert 3 == _progress(record, action).done


def test_the_last_actions_are_listed(record: "Record") -> None:
    """The newest first, each with its order as it was given."""
    first = _start(record)
    lane = Order(verb=Verb.LANE, actor="command:awa", comment="à part", lane=Lane.BULK)
    second = _start(record, lane)
    with record.engine.connect() as connection:
        listed = latest(connection, most=MOST_LISTED + 1)

    assert [(second, lane), (first, _TO_REVIEW)] == [(one.id, one.order) for one in listed]
    assert "state=PARKED" == listed[0].sought
