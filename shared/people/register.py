"""The register: who may sign in, as which role, for which authorities.

Each function works in the caller's transaction, and sees what its scope lets it see.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import ColumnElement, Connection, Row, delete, insert, select, update
from sqlalchemy.exc import IntegrityError

from shared.errors import PeopleError
from shared.people.tokens import mint
from shared.roles import Role, Scope
from shared.store.people import PersonRow, SignInLinkRow, WebSessionRow

LONGEST_LOGIN, LONGEST_NAME = 120, 120
MOST_LISTED = 500
_LOGIN = re.compile(r"[a-z0-9][a-z0-9._+@-]*\Z", re.ASCII)


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who may sign in; `authorities` None is every one."""

    id: UUID
    login: str
    name: str
    role: Role
    authorities: frozenset[UUID] | None
    disabled_at: datetime | None = None
    has_password: bool = False

    @property
    def scope(self) -> Scope:
        """As whom the record is read for this person."""
        return Scope(self.role, self.authorities, self.id)


@dataclass(frozen=True, slots=True)
class Newcomer:
    """Somebody to be added; `authorities` None is every one.

    Raises:
        PeopleError: on a login or a name that is none, or on no authority at all.
    """

    login: str
    name: str
    role: Role
    authorities: frozenset[UUID] | None

    def __post_init__(self) -> None:
        if not _LOGIN.match(self.login) or len(self.login) > LONGEST_LOGIN:
            raise PeopleError(
                "Identifiant : minuscules, chiffres, point, tiret, arobase ; "
                f"{LONGEST_LOGIN} caractères au plus.",
                field="login",
            )
        if not self.name.strip() or len(self.name) > LONGEST_NAME:
            raise PeopleError(f"Nom : de 1 à {LONGEST_NAME} caractères.", field="name")
        if self.authorities is not None and not self.authorities:
            raise PeopleError("Choisir au moins une collectivité, ou toutes.", field="authorities")


def add(connection: Connection, newcomer: Newcomer, *, by: str) -> Person:
    """Add somebody.

    Raises:
        PeopleError: the login is taken.
    """
    reach = None if newcomer.authorities is None else sorted(newcomer.authorities)
    id_ = uuid4()
    row = {"id": id_, "login": newcomer.login, "name": newcomer.name, "role": newcomer.role}
    try:
        with connection.begin_nested():
            connection.execute(insert(PersonRow), {**row, "authorities": reach, "created_by": by})
    except IntegrityError:
        raise PeopleError("Cet identifiant est déjà pris.", field="login") from None
    return Person(id_, newcomer.login, newcomer.name, newcomer.role, newcomer.authorities)


def everyone(connection: Connection) -> Sequence[Person]:
    """Whoever the scope sees, by login; the first `MOST_LISTED`."""
    rows = connection.execute(_PEOPLE.order_by(PersonRow.login).limit(MOST_LISTED))
    return [read_person(row) for row in rows]


def by_login(connection: Connection, login: str) -> Person | None:
    """The person of this login, whether it may sign in or not."""
    return _one(connection, PersonRow.login == login)


def by_id(connection: Connection, id_: UUID) -> Person | None:
    """Idem, by id."""
    return _one(connection, PersonRow.id == id_)


def set_password(connection: Connection, person: Person, password_hash: str) -> None:
    """Keep what is kept of a person's new password."""
    mine = update(PersonRow).where(PersonRow.id == person.id)
    connection.execute(mine.values(password_hash=password_hash))


def password_of(connection: Connection, login: str) -> str | None:
    """What is kept of the password of whoever has this login; None when there is nothing."""
    kept = select(PersonRow.password_hash).where(PersonRow.login == login)
    return connection.execute(kept).scalar_one_or_none()


def by_subject(connection: Connection, issuer: str, subject: str) -> Person | None:
    """The person whom an identity provider calls so."""
    return _one(connection, (PersonRow.issuer == issuer) & (PersonRow.subject == subject))


def bind(connection: Connection, login: str, *, issuer: str, subject: str) -> Person | None:
    """Bind the person of a login, whom no provider has named yet, to what a provider calls them."""
    bound = connection.execute(
        update(PersonRow)
        .where(PersonRow.login == login, PersonRow.subject.is_(None))
        .values(issuer=issuer, subject=subject)
        .returning(PersonRow.id)
    ).scalar_one_or_none()
    return None if bound is None else by_id(connection, bound)


def disable(connection: Connection, person: Person, *, now: datetime, by: str) -> None:
    """Sign somebody out everywhere, and let them in no more; what they did keeps their name."""
    connection.execute(
        update(PersonRow)
        .where(PersonRow.id == person.id, PersonRow.disabled_at.is_(None))
        .values(disabled_at=now, disabled_by=by)
    )
    connection.execute(delete(WebSessionRow).where(WebSessionRow.person_id == person.id))
    connection.execute(
        delete(SignInLinkRow).where(
            SignInLinkRow.person_id == person.id, SignInLinkRow.used_at.is_(None)
        )
    )


def reopen(connection: Connection, person: Person) -> bool:
    """Let somebody in again, as who they were, by the password they had; whether it was closed."""
    closed = update(PersonRow).where(PersonRow.id == person.id, PersonRow.disabled_at.is_not(None))
    opened = connection.execute(closed.values(disabled_at=None, disabled_by=None))
    return opened.rowcount == 1


def make_link(connection: Connection, person: Person, *, expires_at: datetime, by: str) -> str:
    """A token that signs a person in once; whoever made an earlier one for them made it void."""
    token, token_hash = mint()
    connection.execute(delete(SignInLinkRow).where(SignInLinkRow.person_id == person.id))
    connection.execute(
        insert(SignInLinkRow),
        {
            "token_hash": token_hash,
            "person_id": person.id,
            "created_by": by,
            "expires_at": expires_at,
        },
    )
    return token


PERSON_COLUMNS = (
    PersonRow.id,
    PersonRow.login,
    PersonRow.name,
    PersonRow.role,
    PersonRow.authorities,
    PersonRow.disabled_at,
    PersonRow.password_hash.is_not(None).label("has_password"),
)
_PEOPLE = select(*PERSON_COLUMNS)


def read_person(row: Row[*tuple[Any, ...]]) -> Person:
    """A person, from the columns of `PERSON_COLUMNS`."""
    return Person(
        id=row.id,
        login=row.login,
        name=row.name,
        role=Role(row.role),
        authorities=None if row.authorities is None else frozenset(row.authorities),
        disabled_at=row.disabled_at,
        has_password=row.has_password,
    )


def _one(connection: Connection, which: ColumnElement[bool]) -> Person | None:
    row = connection.execute(_PEOPLE.where(which)).one_or_none()
    return None if row is None else read_person(row)
