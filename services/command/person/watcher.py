"""Somebody to watch with, for a stack that is being tried."""

from sqlalchemy import Connection

from shared.people.register import Newcomer, Person, add, by_login
from shared.roles import Role

_WATCHER = Newcomer("veille", "Veille", Role.OPS, None)


def watcher(connection: Connection) -> Person:
    """Somebody of the operations team."""
    return by_login(connection, _WATCHER.login) or add(connection, _WATCHER, by="command:up")
