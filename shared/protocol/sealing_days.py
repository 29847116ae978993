"""Sealing days: each UTC day of the journal that is past is sealed once, in order.

A day is sealed some minutes after its end, by the database's clock, when whatever was being saved
at midnight is in the record or undone. Sealing begins with the day of the first line and only ever
adds the day after the newest seal: one that was removed in between is never quietly made again.

Heads are read from the journal, page by page, in short transactions: lines of a past day no longer
move. A page goes down the primary key (application, sequence) backwards and stops at the first line
of that day or before, usually the first one that it meets, so that no other index is needed. A
million applications of four lines (1.4 GB) take 15 to 30 s a day, and 2 MB, on two busy cores.
"""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Engine, Row, text

from shared.crash_points import Point
from shared.protocol.journal import Head
from shared.protocol.merkle import Tree
from shared.protocol.seals import Seal, SealKey, head_leaf
from shared.store.committing import committing

SETTLED_AFTER = timedelta(minutes=15)  # far above the longest save, and any skew that doctor bears
BEFORE_ALL = UUID(int=0)  # before the id of any application
MOST_AT_ONCE = 400  # days
_PAGE = 2_000
_DAY = timedelta(days=1)
_NOW = text("SELECT now()")
_FIRST_LINE = text("SELECT min(at) FROM journal")
_NEWEST = text("SELECT day, root FROM seals ORDER BY day DESC LIMIT 1")
_HEADS = text("""
    SELECT a.id, last.sequence, last.hash
    FROM (SELECT id FROM applications WHERE id > :after ORDER BY id LIMIT :page) a
    LEFT JOIN LATERAL (
        SELECT sequence, hash FROM journal
        WHERE application_id = a.id AND at < :midnight
        ORDER BY application_id DESC, sequence DESC LIMIT 1
    ) last ON true
    ORDER BY a.id
""")
_STORE = text("""
    INSERT INTO seals (day, root, heads, public_key, signature)
    VALUES (:day, :root, :heads, :public_key, :signature)
    ON CONFLICT (day) DO NOTHING
""")


def seal_due(engine: Engine, key: SealKey, *, until: date | None = None) -> Iterator[Seal]:
    """Seal the past days that have no seal, oldest first; yield those that nobody else sealed.

    At most `MOST_AT_ONCE` days, so that no fault can make it go on for ever; the next call goes on.

    Args:
        engine: the record, as the services' role.
        key: what signs; the database must not hold it.
        until: the last day to seal; the last settled one at most, which is also the default.

    Raises:
        sqlalchemy.exc.SQLAlchemyError: when the record is out of reach; no day is half sealed.
    """
    last = last_settled_day(engine)
    last = last if until is None else min(until, last)
    for _ in range(MOST_AT_ONCE):
        day, previous = _day_after_the_newest(engine) or (date.max, None)
        if day > last:
            return
        tree = tree_of(engine, day)
        seal = Seal(day, tree.leaves, tree.root(), previous)
        if _store(engine, seal, key):
            yield seal


def last_settled_day(engine: Engine) -> date:
    """The last day (UTC) to which no line can be added any more."""
    with engine.connect() as connection:
        now: datetime = connection.execute(_NOW).scalar_one()
    return (now.astimezone(UTC) - SETTLED_AFTER).date() - _DAY


def first_day(engine: Engine) -> date | None:
    """The day (UTC) of the journal's oldest line; None when it is empty. Reads the whole table."""
    with engine.connect() as connection:
        at: datetime | None = connection.execute(_FIRST_LINE).scalar()
    return None if at is None else at.astimezone(UTC).date()


def tree_of(engine: Engine, day: date, *, page: int = _PAGE) -> Tree:
    """The tree over the heads at the end of a day, in the order of the applications' ids."""
    tree = Tree()
    for row in _heads(engine, datetime.combine(day + _DAY, time(), UTC), page):
        if row.sequence is not None:
            tree.add(head_leaf(row.id, Head(row.sequence, row.hash)))
    return tree


def _heads(engine: Engine, midnight: datetime, page: int) -> Iterator[Row[Any]]:
    after = BEFORE_ALL
    while True:
        values = {"after": after, "page": page, "midnight": midnight}
        with engine.connect() as connection:
            rows = connection.execute(_HEADS, values).all()
        yield from rows
        if len(rows) < page:
            return
        after = rows[-1].id


def _day_after_the_newest(engine: Engine) -> tuple[date, bytes | None] | None:
    """The day to seal next, and the root before it; None when the journal is empty."""
    with engine.connect() as connection:
        newest = connection.execute(_NEWEST).one_or_none()
    if newest is not None:
        return newest.day + _DAY, newest.root
    first = first_day(engine)
    return None if first is None else (first, None)


def _store(engine: Engine, seal: Seal, key: SealKey) -> bool:
    """Store a seal; False when another scheduler did so first."""
    values = {
        "day": seal.day,
        "root": seal.root,
        "heads": seal.heads,
        "public_key": key.public,
        "signature": key.sign(seal),
    }
    with committing(engine, Point.SEALING, Point.SEALED) as connection:
        return connection.execute(_STORE, values).rowcount == 1
