"""One-time links: whoever opens one and says yes is signed in, once."""

from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Connection, select, update

from shared.people.register import Person, by_id, make_link
from shared.people.tokens import hash_of, looks_like_one
from shared.store.people import SignInLinkRow

LINK_LASTS = timedelta(hours=24)


def link_for(
    connection: Connection, person: Person, *, console: str, now: datetime, by: str
) -> str:
    """The address that signs this person in, once, within `LINK_LASTS`.

    Args:
        connection: a transaction that sees people.
        person: whom it signs in.
        console: where people reach the console.
        now: from when it lasts.
        by: who hands it over.
    """
    token = make_link(connection, person, expires_at=now + LINK_LASTS, by=by)
    return f"{console.rstrip('/')}/entrer/lien/{token}"


def standing(connection: Connection, token: str, *, now: datetime) -> bool:
    """Whether a link would still let somebody in; looking does not use it."""
    if not looks_like_one(token):
        return False
    one = select(SignInLinkRow.id).where(*_unused(token, now))
    return connection.execute(one).one_or_none() is not None


def use(connection: Connection, token: str, *, now: datetime) -> Person | None:
    """Use a link up; None when it was used, has expired, or its person was disabled."""
    if not looks_like_one(token):
        return None
    used = connection.execute(
        update(SignInLinkRow)
        .where(*_unused(token, now))
        .values(used_at=now)
        .returning(SignInLinkRow.person_id)
    ).scalar_one_or_none()
    person = None if used is None else by_id(connection, used)
    return None if person is None or person.disabled_at else person


def _unused(token: str, now: datetime) -> tuple[ColumnElement[bool], ...]:
    return (
        SignInLinkRow.token_hash == hash_of(token),
        SignInLinkRow.used_at.is_(None),
        SignInLinkRow.expires_at > now,
    )
