"""Members go to the queues a few at a time, each once, whatever dies."""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import insert, update

from shared.campaigns import CampaignKind
from shared.protocol import saving
from shared.protocol.campaigning import ending, feeding, steering
from shared.protocol.campaigning.feeding import CHUNK, Fed
from shared.protocol.campaigning.moving import hold
from shared.protocol.campaigning.progress import progress_of
from shared.protocol.waking import KNOWN_BY_ALL
from shared.queue.broker import open_redis
from shared.states import Lane, Reason, Status, Step
from shared.store.published import TariffRow
from shared.store.tables import JournalRow
from shared.watching.reading import read_snapshot
from shared.watching.timeline import read_timeline
from tests.integration.campaign.conftest import ON

if TYPE_CHECKING:
    from uuid import UUID

    from tests.integration.campaign.conftest import Town

pytestmark = pytest.mark.stack

BEFORE = datetime.now(UTC) - 2 * KNOWN_BY_ALL


def test_a_fed_member_is_due_in_the_bulk_lane_on_its_day(town: "Town") -> None:
    """With a journal line of the campaign, and its decision still in force."""
    [id_] = town.decided(1, lane=Lane.NOW, reason=None)
    campaign = town.start(kind=CampaignKind.REPRICING)

    assert Fed(1, 0) == feeding.feed(town.record.engine)

    [row] = town.record.rows("SELECT * FROM applications WHERE id = :id", id=id_)
    assert (Status.RECEIVED, Lane.BULK, ON, campaign) == (
        row.status,
        row.lane,
        row.effective_on,
        row.campaign_id,
    )
    timeline = read_timeline(town.record.engine, row.reference)
    assert timeline is not None
    assert [("campaign:essai", Status.DECIDED, Status.RECEIVED, True)] == [
        (entry.actor, entry.was, entry.now, entry.sound) for entry in timeline.entries
    ]
    assert 1 == town.held_on(id_, date(2027, 1, 1))
    assert row.due_at is not None


def test_only_a_window_is_under_way(town: "Town") -> None:
    """What was handed in in bulk counts too; room that comes back is filled again."""
    town.decided(10)
    town.record.plant(3, lane=Lane.BULK)
    town.record.plant(5, lane=Lane.NOW)
    town.start()

    fed = [feeding.feed(town.record.engine, window=7).fed for _ in range(2)]
    assert [4, 0] == fed
    assert 2 == town.price(most=2)
    assert 2 == feeding.feed(town.record.engine, window=7).fed


def test_what_a_worker_holds_is_under_way(town: "Town") -> None:
    """A claim is no room."""
    town.decided(5)
    town.record.claim(town.record.plant(2, lane=Lane.BULK))
    town.start()

    assert 1 == feeding.feed(town.record.engine, window=3).fed


def test_a_chunk_is_bounded(town: "Town") -> None:
    """However wide the window."""
    town.decided(CHUNK + 1)
    town.start()

    assert [CHUNK, 1, 0] == [feeding.feed(town.record.engine).fed for _ in range(3)]


def test_two_schedulers_feed_each_member_once(town: "Town") -> None:
    """Thirty looks at the same instants, all priced between: each once, within the window."""
    town.decided(60)
    campaign = town.start()
    under_way: list[int] = []

    def price() -> None:
        under_way.append(town.price())

    together = threading.Barrier(2, action=price)

    def look(_: int) -> int:
        fed = 0
        for _ in range(30):
            together.wait(10)
            fed += feeding.feed(town.record.engine, window=3).fed
        return fed

    with ThreadPoolExecutor(2) as pool:
        fed = sum(pool.map(look, range(2)))

    assert (60, 3) == (fed, max(under_way))
    assert 60 == town.record.one("SELECT count(*) FROM journal WHERE actor = 'campaign:essai'")
    assert None not in town.member(campaign, "fed_at").values()


def test_a_campaign_that_was_just_paused_is_not_held(town: "Town") -> None:
    """A scheduler that had it among those that run finds that it does not any more."""
    town.decided(1)
    campaign = town.start()
    with town.record.engine.begin() as connection:
        steering.pause(connection, campaign)
        assert hold(connection, campaign) is None


@pytest.mark.parametrize(
    ("status", "why"),
    [
        (Status.WITHDRAWN, "withdrawn"),
        (Status.CLOSED, "closed"),
        (Status.RECEIVED, "in_hand"),
        (Status.PROPOSED, "in_hand"),
        (Status.QUARANTINED, "in_hand"),
    ],
)
def test_who_has_gone_when_its_turn_comes_is_left_out(
    town: "Town", status: Status, why: str
) -> None:
    """It is not touched, and the campaign says why."""
    [id_] = town.decided(1)
    campaign = town.start()
    town.record.change([id_], status=status)

    assert Fed(0, 1) == feeding.feed(town.record.engine)
    assert ({id_: why}, [status]) == (
        town.member(campaign, "left_out"),
        town.record.column("status", [id_]),
    )


def test_the_state_is_not_asked_about_who_handed_in_papers(town: "Town") -> None:
    """An agent asks the family for the new ones."""
    [id_] = town.decided(1)
    _line(town, id_, Reason.DOCUMENTS_CHOSEN)
    town.start(kind=CampaignKind.REPRICING)

    feeding.feed(town.record.engine)

    [row] = town.record.rows("SELECT * FROM applications")
    assert (Status.TO_REVIEW, Reason.DOCUMENTS_CHOSEN, None) == (row.status, row.reason, row.due_at)


def test_nothing_is_asked_before_the_state_can_know(town: "Town") -> None:
    """Resources of a year are known from its January on; a tariff that moves waits for nothing."""
    town.decided(1)
    town.start(kind=CampaignKind.REPRICING, effective_on=date(2999, 1, 1))
    assert Fed(0, 0) == feeding.feed(town.record.engine)

    town.start(code="autre", effective_on=date(2999, 1, 1))
    assert Fed(1, 0) == feeding.feed(town.record.engine)


def test_nothing_is_priced_before_every_worker_knows_what_was_published(town: "Town") -> None:
    """They read tariffs every half minute at most."""
    town.decided(1)
    town.start()
    published = {
        "tariff_id": "psu",
        "version": "2026-01-01.1",
        "authority_id": town.record.founded.authority,
        "content": "",
        "digest": "sha256:0",
        "valid_from": ON,
        "review_by": ON,
        "published_by": "command:test",
    }
    with town.record.engine.begin() as connection:
        connection.execute(insert(TariffRow), published)

    assert Fed(0, 0) == feeding.feed(town.record.engine)

    with town.record.owner.begin() as connection:
        connection.execute(update(TariffRow).values(published_at=BEFORE))
    assert Fed(1, 0) == feeding.feed(town.record.engine)


def test_a_pause_holds_and_a_resumption_goes_on(town: "Town") -> None:
    """Nothing more is fed; what was fed goes to its end."""
    town.decided(6)
    campaign = town.start()
    feeding.feed(town.record.engine, window=2)
    with town.record.engine.begin() as connection:
        assert steering.pause(connection, campaign)
        assert not steering.pause(connection, campaign)

    assert (2, 0) == (town.price(), feeding.feed(town.record.engine).fed)

    with town.record.engine.begin() as connection:
        assert steering.resume(connection, campaign)
    assert 4 == feeding.feed(town.record.engine).fed


def test_a_cancelled_campaign_leaves_out_who_was_not_fed(town: "Town") -> None:
    """The rest goes to its end, and the campaign cannot be taken up again."""
    town.decided(5)
    campaign = town.start()
    feeding.feed(town.record.engine, window=2)
    with town.record.engine.begin() as connection:
        assert steering.cancel(connection, campaign)
        assert not steering.cancel(connection, campaign)
        assert not steering.resume(connection, campaign)

    assert 2 == town.price()
    with town.record.engine.connect() as connection:
        progress = progress_of(connection, campaign)
    assert ({"cancelled": 3}, 2, 0) == (progress.left_out, progress.back, progress.waiting)


def test_what_waits_for_a_person_does_not_keep_a_campaign(town: "Town") -> None:
    """No machine has anything left to do; until then it runs."""
    town.decided(2)
    town.start()
    feeding.feed(town.record.engine)
    ending.finish(town.record.engine)
    assert ["running"] == _states(town)

    town.price(now=Status.PROPOSED, proposed=True)
    assert 1 == ending.finish(town.record.engine)
    assert ["finished"] == _states(town)


def test_a_parked_member_keeps_the_campaign(town: "Town") -> None:
    """The clock has still to wake it."""
    [id_] = town.decided(1)
    town.start(kind=CampaignKind.REPRICING)
    feeding.feed(town.record.engine)
    town.record.change([id_], status=Status.PARKED, reason=Reason.QUOTIENT_AWAITED)

    ending.finish(town.record.engine)

    assert ["running"] == _states(town)


def test_progress_tells_each_where_it_stands(town: "Town") -> None:
    """Waiting, under way, back, with people or with the clock: each member is told once."""
    ids = town.decided(8)
    left = town.decided(1, status=Status.PARKED)
    campaign = town.start()
    feeding.feed(town.record.engine, window=7)
    town.price(most=1)
    town.price(most=1, same=True)
    rest = [i for i in ids if town.record.column("status", [i]) == [Status.VERIFIED]]
    town.record.change(rest[:1], status=Status.TO_REVIEW, reason=Reason.TARIFF_MISSING)
    town.record.change(rest[1:2], status=Status.PARKED, reason=Reason.QUOTIENT_AWAITED)
    town.record.change(rest[2:3], status=Status.PROPOSED)

    with town.record.engine.connect() as connection:
        told = progress_of(connection, campaign)

    assert (1, 2, 1, 1, 1) == (
        told.waiting,
        told.under_way,
        told.changed,
        told.same,
        told.proposed,
    )
    assert {"tariff_missing": 1} == told.to_review
    assert {"quotient_awaited": 1} == told.parked
    assert {"in_hand": 1} == told.left_out
    assert (8, 7, 2) == (told.members, told.fed, told.back)
    assert told.left is not None
    assert left


def test_a_fed_member_that_its_worker_lost_is_not_fed_again(town: "Town") -> None:
    """The row is what is due: nothing of the campaign is done twice."""
    [id_] = town.decided(1)
    town.start()
    feeding.feed(town.record.engine)
    [held] = town.record.claim([id_], step=Step.PRICE)
    town.record.change([id_], claim=None, claimed_by=None, claimed_at=None, starts=0)

    assert Fed(0, 0) == feeding.feed(town.record.engine)
    assert set() == saving.save(
        town.record.engine, [town.record.reviewed(held)], actor="service:tariff"
    )
    assert (1, 0) == (town.price(), town.price())
    assert 2 == town.record.one("SELECT count(*) FROM decisions")


def _states(town: "Town") -> list[str]:
    return [row.state for row in town.record.rows("SELECT state FROM campaigns")]


def _line(town: "Town", id_: "UUID", reason: Reason) -> None:
    """A line of its journal, as intake's."""
    values = {
        "application_id": id_,
        "sequence": 0,
        "at": "2026-09-01T00:00:00Z",
        "actor": "portal:essai",
        "now": Status.TO_REVIEW,
        "reason": reason,
        "previous": b"",
        "hash": b"",
    }
    with town.record.engine.begin() as connection:
        connection.execute(insert(JournalRow), values)


def test_the_screens_have_a_line_for_a_campaign_that_is_not_over(
    town: "Town", redis_url: str
) -> None:
    """How many of its members are still to be fed; once it has ended, none."""
    town.decided(3)
    campaign = town.start()
    feeding.feed(town.record.engine, window=1)

    def shown() -> list[tuple[str, str, int, int]]:
        with open_redis(redis_url, timeout_s=5) as client:
            now = read_snapshot(town.record.engine, client, namespace="test", window=1)
        return [(one.code, one.state, one.total, one.waiting) for one in now.campaigns]

    assert [("essai", "running", 3, 2)] == shown()
    with town.record.engine.begin() as connection:
        steering.cancel(connection, campaign)
    assert [] == shown()
