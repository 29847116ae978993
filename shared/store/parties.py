"""The tables of those who take part: authorities, their structures, schemes, rights and portals."""

from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import (
    ARRAY,
    CheckConstraint,
    ForeignKey,
    SmallInteger,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from shared.store.tables import Table

_ALL_SCOPES = "'{applications:write,applications:read,decisions:read}'"


class AuthorityRow(Table):
    """A collectivité: commune, EPCI, CCAS or département."""

    __tablename__ = "authorities"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    code: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    kind: Mapped[str]
    siret: Mapped[str]
    signatories: Mapped[list[Any]] = mapped_column(JSONB, server_default=text("'[]'"))
    contact: Mapped[dict[str, Any]] = mapped_column(JSONB, server_default=text("'{}'"))
    colour: Mapped[str | None]  # #rrggbb, of the console's pages


class StructureRow(Table):
    """An établissement: a nursery and the kinds of care that it gives."""

    __tablename__ = "structures"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    authority_id: Mapped[UUID] = mapped_column(ForeignKey("authorities.id"))
    code: Mapped[str]
    name: Mapped[str]
    care_types: Mapped[list[str]] = mapped_column(ARRAY(Text))
    details: Mapped[dict[str, Any]] = mapped_column(JSONB, server_default=text("'{}'"))

    __table_args__ = (UniqueConstraint("authority_id", "code"),)


class HabilitationRow(Table):
    """The right to call one provider for one authority: its token (sealed), its pace."""

    __tablename__ = "habilitations"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    authority_id: Mapped[UUID] = mapped_column(ForeignKey("authorities.id"))
    code: Mapped[str] = mapped_column(unique=True)
    recipient: Mapped[str]  # SIRET of the administration that receives the data
    sealed_token: Mapped[bytes]  # under the key ring itself
    token_expires_at: Mapped[datetime | None]
    pace: Mapped[int] = mapped_column(SmallInteger)  # calls a second, below the provider's limit
    burst: Mapped[int] = mapped_column(SmallInteger)  # permits that may gather while idle
    provider: Mapped[str] = mapped_column(server_default="api_particulier")
    endpoints: Mapped[list[str]] = mapped_column(ARRAY(Text), server_default=text("'{eaje}'"))
    delegation_id: Mapped[str | None]  # of an editor's token
    dossier: Mapped[dict[str, Any]] = mapped_column(JSONB, server_default=text("'{}'"))


class SchemeRow(Table):
    """A dispositif: what an authority prices, from which evidence, under which validation."""

    __tablename__ = "schemes"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    authority_id: Mapped[UUID] = mapped_column(ForeignKey("authorities.id"))
    habilitation_id: Mapped[UUID] = mapped_column(ForeignKey("habilitations.id"))
    code: Mapped[str]
    name: Mapped[str]
    profile: Mapped[str]  # eaje
    tariff: Mapped[str]  # psu
    validation: Mapped[str]  # agent (the default) or automatic
    automatic_ground: Mapped[str | None]  # the DPO's written ground for `automatic`
    stages: Mapped[list[str]] = mapped_column(ARRAY(Text), server_default=text("'{admission}'"))
    rules: Mapped[dict[str, Any]] = mapped_column(JSONB, server_default=text("'{}'"))

    __table_args__ = (
        UniqueConstraint("authority_id", "code"),
        CheckConstraint(
            "validation = 'agent' OR automatic_ground IS NOT NULL", name="automatic_has_a_ground"
        ),
    )


class PortalRow(Table):
    """A family portal that posts applications for one authority."""

    __tablename__ = "portals"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    authority_id: Mapped[UUID] = mapped_column(ForeignKey("authorities.id"))
    code: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    requests_per_minute: Mapped[int] = mapped_column(server_default="1200")  # a batch row counts 1
    webhook_url: Mapped[str | None]
    webhook_secret: Mapped[bytes | None]  # under the key ring itself, like the one before
    webhook_secret_before: Mapped[bytes | None]
    webhook_secret_before_until: Mapped[datetime | None]
    webhook_stopped_at: Mapped[datetime | None]  # it answered 410


class PortalKeyRow(Table):
    """A key of a portal: only its hash is kept."""

    __tablename__ = "portal_keys"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    portal_id: Mapped[UUID] = mapped_column(ForeignKey("portals.id"))
    label: Mapped[str] = mapped_column(server_default="")
    key_hash: Mapped[bytes] = mapped_column(unique=True)
    scopes: Mapped[list[str]] = mapped_column(ARRAY(Text), server_default=text(_ALL_SCOPES))
    created_at: Mapped[datetime] = mapped_column(server_default=text("now()"))
    expires_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]
