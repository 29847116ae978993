"""What a notifier and its menders do at once stops somewhere, however much there is to do."""

from collections.abc import Iterator
from datetime import timedelta
from typing import TYPE_CHECKING
from uuid import UUID, uuid4

import pytest

from services.notifier.__main__ import _CONNECTIONS
from services.notifier.work import MOST_AT_ONCE, MOST_OF_A_PORTAL
from shared.protocol.delivering import holding, mending
from shared.protocol.delivering.mending import DeliveryStatus
from shared.store.engine import open_engine

if TYPE_CHECKING:
    from services.notifier.work import Notifier
    from tests.conftest import Database
    from tests.integration.notifier.conftest import Post

pytestmark = pytest.mark.stack
_BATCH = 500  # of `holding`


def _changed(post: "Post", how_many: int) -> None:
    """So many deliveries that wait, each of an application of its own."""
    left = how_many
    while left:
        some = min(left, 64)  # what a worker claims at once
        post.change(post.record.plant(some))
        left -= some


def _bury(post: "Post") -> None:
    """Every delivery is dead, as after its last try."""
    with post.record.owner.begin() as connection:
        connection.exec_driver_sql("UPDATE deliveries SET status = 'DEAD', finished_at = now()")


def test_so_many_dead_are_listed(post: "Post") -> None:
    """The first ones; a page is no export."""
    _changed(post, mending.MOST_LISTED + 1)
    _bury(post)

    with post.record.engine.connect() as connection:
        listed = mending.listed(connection, DeliveryStatus.DEAD, None)
    assert mending.MOST_LISTED == len(listed)


def test_so_many_dead_are_sent_again_at_once(post: "Post") -> None:
    """The rest at the next command."""
    _changed(post, mending.MOST_REPLAYED + 1)
    _bury(post)

    with post.record.engine.begin() as connection:
        replayed = mending.replay(connection)
    assert mending.MOST_REPLAYED == len(replayed)


def test_so_many_are_freed_in_one_statement(post: "Post") -> None:
    """What a worker held beyond that is freed by the next look."""
    _changed(post, _BATCH + 1)
    engine, portal = post.record.engine, post.record.founded.portal
    holding.claim(engine, post.record.worker(), portal, most=_BATCH + 1)

    freed = [holding.free_dead(engine, longest_claim=timedelta(0)) for _ in range(2)]
    assert [_BATCH, 1] == freed


def _rooms(notifier: "Notifier", portals: Iterator[UUID]) -> list[int]:
    """The room that portals find one after the other, each taking all of it."""
    rooms = []
    for portal in portals:
        rooms.append(notifier._room(portal))
        for _ in range(rooms[-1]):
            notifier._tasks[object()] = portal  # type: ignore[index]  # only counted
    return rooms


def test_so_many_are_in_flight(post: "Post") -> None:
    """Each portal its share, all of them no more than the process has."""
    notifier = post.notifier()
    whole, rest = divmod(MOST_AT_ONCE, MOST_OF_A_PORTAL)
    rooms = _rooms(notifier, (uuid4() for _ in range(whole + 2)))
    notifier._tasks.clear()

    assert [MOST_OF_A_PORTAL] * whole + [rest, 0] == rooms


def test_so_many_connections_and_no_more(migrated: "Database") -> None:
    """The pool has no overflow: what comes beyond it waits."""
    engine = open_engine(migrated.service_url, name="test", connections=_CONNECTIONS)
    taken = [engine.connect() for _ in range(_CONNECTIONS)]

    assert (_CONNECTIONS, 0) == (engine.pool.checkedout(), engine.pool._max_overflow)  # type: ignore[attr-defined]
    for one in taken:
        one.close()
    engine.dispose()
