"""The tables of people: who may sign in, who is signed in, and who looked at what.

Of a token, a link or a password only a hash is kept.
"""

from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import ARRAY, ForeignKey, Index, UniqueConstraint, Uuid, text
from sqlalchemy.orm import Mapped, mapped_column

from shared.store.tables import Table

_NOW = text("now()")


class PersonRow(Table):
    """Somebody who may sign in: by a password of ours, by an identity provider, by a link."""

    __tablename__ = "people"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    login: Mapped[str] = mapped_column(unique=True)  # lower case; often a professional address
    issuer: Mapped[str | None]  # of the identity provider, once it has named the person
    subject: Mapped[str | None]
    name: Mapped[str]
    role: Mapped[str]  # a word of shared.roles.Role
    authorities: Mapped[list[UUID] | None] = mapped_column(ARRAY(Uuid))  # null: every one
    password_hash: Mapped[str | None]  # argon2id, with its parameters
    created_at: Mapped[datetime] = mapped_column(server_default=_NOW)
    created_by: Mapped[str]
    disabled_at: Mapped[datetime | None]
    disabled_by: Mapped[str | None]

    __table_args__ = (UniqueConstraint("issuer", "subject"),)


class WebSessionRow(Table):
    """One browser where a person is signed in; the row goes when the session ends."""

    __tablename__ = "web_sessions"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    token_hash: Mapped[bytes] = mapped_column(unique=True)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("people.id"), index=True)
    means: Mapped[str]  # password, link, oidc
    csrf_secret: Mapped[bytes]
    created_at: Mapped[datetime] = mapped_column(server_default=_NOW)
    seen_at: Mapped[datetime] = mapped_column(server_default=_NOW)
    expires_at: Mapped[datetime]
    notice: Mapped[str | None]  # what the next page says of the last act
    id_token: Mapped[str | None]  # the provider wants it back at sign-out


class SignInLinkRow(Table):
    """A link that signs a person in, once."""

    __tablename__ = "sign_in_links"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    token_hash: Mapped[bytes] = mapped_column(unique=True)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("people.id"), index=True)
    created_at: Mapped[datetime] = mapped_column(server_default=_NOW)
    created_by: Mapped[str]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]


class SignInRequestRow(Table):
    """A browser that was sent to the identity provider and has not come back yet."""

    __tablename__ = "sign_in_requests"

    state_hash: Mapped[bytes] = mapped_column(primary_key=True)
    visit_hash: Mapped[bytes]  # of the cookie of that browser
    nonce: Mapped[str]
    verifier: Mapped[str]  # PKCE
    back_to: Mapped[str]
    expires_at: Mapped[datetime] = mapped_column(index=True)


class SignInTriesRow(Table):
    """Failures to sign in, by account or by address; both hashed."""

    __tablename__ = "sign_in_tries"

    key: Mapped[bytes] = mapped_column(primary_key=True)
    failures: Mapped[int]
    last_at: Mapped[datetime] = mapped_column(index=True)
    blocked_until: Mapped[datetime]


class AccessRow(Table):
    """Somebody looked at something personal: who, at what, when, why. Append-only."""

    __tablename__ = "accesses"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    at: Mapped[datetime] = mapped_column(server_default=_NOW)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("people.id"))
    act: Mapped[str]  # a word of shared.people.accesses.Act
    why: Mapped[str]
    authority_id: Mapped[UUID | None] = mapped_column(ForeignKey("authorities.id"))
    application_id: Mapped[UUID | None] = mapped_column(ForeignKey("applications.id"))
    sought: Mapped[bytes | None]  # blind index of what was searched for, never the words

    __table_args__ = (
        Index("ix_accesses_person_id_at", "person_id", "at"),
        Index("ix_accesses_authority_id_at", "authority_id", "at"),
        Index("ix_accesses_at", "at", "id"),
    )
