"""Sessions: a browser is known again for a while, and forgotten after silence or a day's work."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import Connection, delete, insert, select, update

from shared.people.register import PERSON_COLUMNS, Person, read_person
from shared.people.tokens import hash_of, looks_like_one, mint
from shared.store.people import PersonRow, WebSessionRow

LONGEST_SILENCE = timedelta(hours=2)
LONGEST_SESSION = timedelta(hours=12)  # as long as a ProConnect session
MOST_SESSIONS = 10  # of one person; the oldest gives way
_SEEN_EVERY = timedelta(minutes=1)
_SECRET_BYTES = 32


@dataclass(frozen=True, slots=True, repr=False)
class Signed:
    """Who is signed in, in this browser."""

    session: UUID
    person: Person
    csrf_secret: bytes
    means: str
    notice: str | None = None
    id_token: str | None = None


@dataclass(frozen=True, slots=True)
class Browser:
    """One of a person's sessions, as it is shown to them."""

    id: UUID
    means: str
    created_at: datetime
    seen_at: datetime


def begin(
    connection: Connection,
    person: Person,
    *,
    means: str,
    now: datetime,
    id_token: str | None = None,
) -> str:
    """Sign a person in, in a browser that will show the token that is returned."""
    token, token_hash = mint()
    _make_room(connection, person, now)
    connection.execute(
        insert(WebSessionRow),
        {
            "token_hash": token_hash,
            "person_id": person.id,
            "means": means,
            "csrf_secret": secrets.token_bytes(_SECRET_BYTES),
            "created_at": now,
            "seen_at": now,
            "expires_at": now + LONGEST_SESSION,
            "id_token": id_token,
        },
    )
    return token


def find(connection: Connection, token: str, *, now: datetime) -> Signed | None:
    """Who shows this token; None when the session has ended or the person was disabled."""
    if not looks_like_one(token):
        return None
    row = connection.execute(
        _SESSIONS.where(
            WebSessionRow.token_hash == hash_of(token),
            WebSessionRow.expires_at > now,
            WebSessionRow.seen_at > now - LONGEST_SILENCE,
            PersonRow.disabled_at.is_(None),
        )
    ).one_or_none()
    if row is None:
        return None
    if row.seen_at < now - _SEEN_EVERY:
        _change(connection, row.session, seen_at=now)
    return Signed(
        row.session, read_person(row), row.csrf_secret, row.means, row.notice, row.id_token
    )


def leave_notice(connection: Connection, session: UUID, notice: str | None) -> None:
    """Keep what the next page is to say; None once it was said."""
    _change(connection, session, notice=notice)


def of_person(connection: Connection, person: Person, *, now: datetime) -> Sequence[Browser]:
    """Where a person is signed in, the newest first."""
    rows = connection.execute(
        select(
            WebSessionRow.id, WebSessionRow.means, WebSessionRow.created_at, WebSessionRow.seen_at
        )
        .where(
            WebSessionRow.person_id == person.id,
            WebSessionRow.expires_at > now,
            WebSessionRow.seen_at > now - LONGEST_SILENCE,
        )
        .order_by(WebSessionRow.created_at.desc())
        .limit(MOST_SESSIONS)
    )
    return [Browser(*row) for row in rows]


def end(connection: Connection, session: UUID) -> None:
    """Forget one browser."""
    connection.execute(delete(WebSessionRow).where(WebSessionRow.id == session))


def forget(connection: Connection, token_hash: bytes) -> None:
    """Idem, by what it showed."""
    connection.execute(delete(WebSessionRow).where(WebSessionRow.token_hash == token_hash))


def end_all(connection: Connection, person: Person, *, but: UUID | None = None) -> int:
    """Sign a person out everywhere, except perhaps here; how many browsers that was."""
    theirs = delete(WebSessionRow).where(WebSessionRow.person_id == person.id)
    done = connection.execute(theirs if but is None else theirs.where(WebSessionRow.id != but))
    return done.rowcount


def _make_room(connection: Connection, person: Person, now: datetime) -> None:
    """Sessions that have ended, and the oldest of a person with too many."""
    connection.execute(delete(WebSessionRow).where(WebSessionRow.expires_at <= now))
    kept = (
        select(WebSessionRow.id)
        .where(WebSessionRow.person_id == person.id)
        .order_by(WebSessionRow.created_at.desc())
        .limit(MOST_SESSIONS - 1)
    )
    connection.execute(
        delete(WebSessionRow).where(
            WebSessionRow.person_id == person.id, WebSessionRow.id.not_in(kept)
        )
    )


def _change(connection: Connection, session: UUID, **columns: object) -> None:
    connection.execute(update(WebSessionRow).where(WebSessionRow.id == session).values(**columns))


_SESSIONS = select(
    WebSessionRow.id.label("session"),
    WebSessionRow.csrf_secret,
    WebSessionRow.means,
    WebSessionRow.notice,
    WebSessionRow.id_token,
    WebSessionRow.seen_at,
    *PERSON_COLUMNS,
).join(PersonRow, PersonRow.id == WebSessionRow.person_id)
