"""A link that signs somebody in once, as it is handed over."""

from datetime import datetime

from sqlalchemy import Connection

from shared.people.links import LINK_LASTS
from shared.people.register import Newcomer, Person, add, by_login, make_link
from shared.roles import Role

_WATCHER = Newcomer("veille", "Veille", Role.OPS, None)


def link_for(
    connection: Connection, person: Person, *, console: str, now: datetime, by: str
) -> str:
    """The address that signs this person in, once, within a day.

    Args:
        connection: a transaction that sees people.
        person: whom it signs in.
        console: where people reach the console.
        now: from when the day counts.
        by: who hands it over.
    """
    token = make_link(connection, person, expires_at=now + LINK_LASTS, by=by)
    return f"{console.rstrip('/')}/entrer/lien/{token}"


def watcher(connection: Connection) -> Person:
    """Somebody of the operations team, for a stack that is being tried."""
    return by_login(connection, _WATCHER.login) or add(connection, _WATCHER, by="command:up")
