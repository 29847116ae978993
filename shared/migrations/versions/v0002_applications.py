"""The applications and the append-only record of their work.

The services may add to verifications, decisions and journal, never change or delete them: that is
closed here, as soon as the tables exist.
"""

import sqlalchemy as sa
from alembic import op

from shared.migrations.rights import open_to_services

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

_TABLES = (
    "applications",
    "application_keys",
    "decisions",
    "idempotency",
    "journal",
    "verifications",
)


def upgrade() -> None:
    _applications()
    _application_keys()
    _decisions()
    _idempotency()
    _journal()
    _verifications()
    open_to_services("SELECT, INSERT", _TABLES)
    open_to_services("UPDATE", ("applications",))
    open_to_services("DELETE", ("application_keys", "idempotency"))


def downgrade() -> None:
    for table in reversed(_TABLES):
        op.drop_table(table)


def _applications() -> None:
    op.create_table(
        "applications",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("reference", sa.Text(), nullable=False),
        sa.Column("authority_id", sa.Uuid(), nullable=False),
        sa.Column("portal_id", sa.Uuid(), nullable=False),
        sa.Column("scheme_id", sa.Uuid(), nullable=False),
        sa.Column("structure_id", sa.Uuid(), nullable=False),
        sa.Column("habilitation_id", sa.Uuid(), nullable=False),
        sa.Column("same_application", sa.LargeBinary(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("lane", sa.Text(), nullable=False),
        sa.Column(
            "received_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.Column(
            "moved_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False
        ),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_date", sa.DateTime(timezone=True), nullable=True),
        sa.Column("rung_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("claim", sa.Uuid(), nullable=True),
        sa.Column("claimed_by", sa.Uuid(), nullable=True),
        sa.Column("claimed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("starts", sa.SmallInteger(), server_default="0", nullable=False),
        sa.Column("attempts", sa.SmallInteger(), server_default="0", nullable=False),
        sa.Column("trace", sa.Text(), nullable=True),
        sa.Column("journal_sequence", sa.Integer(), server_default="0", nullable=False),
        sa.Column(
            "journal_head", sa.LargeBinary(), server_default=sa.text("'\\x'"), nullable=False
        ),
        sa.CheckConstraint(
            "(claim IS NULL) = (claimed_by IS NULL) AND (claim IS NULL) = (claimed_at IS NULL)",
            name=op.f("ck_applications_a_claim_is_whole"),
        ),
        sa.ForeignKeyConstraint(
            ["authority_id"], ["authorities.id"], name=op.f("fk_applications_authority_id")
        ),
        sa.ForeignKeyConstraint(
            ["habilitation_id"], ["habilitations.id"], name=op.f("fk_applications_habilitation_id")
        ),
        sa.ForeignKeyConstraint(
            ["portal_id"], ["portals.id"], name=op.f("fk_applications_portal_id")
        ),
        sa.ForeignKeyConstraint(
            ["scheme_id"], ["schemes.id"], name=op.f("fk_applications_scheme_id")
        ),
        sa.ForeignKeyConstraint(
            ["structure_id"], ["structures.id"], name=op.f("fk_applications_structure_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_applications")),
        sa.UniqueConstraint("reference", name=op.f("uq_applications_reference")),
    )
    op.create_index(
        "ix_applications_due",
        "applications",
        ["status", "lane", "authority_id", "due_at"],
        unique=False,
        postgresql_where=sa.text("claim IS NULL AND due_at IS NOT NULL"),
    )
    op.create_index(
        "ix_applications_held",
        "applications",
        ["claimed_by"],
        unique=False,
        postgresql_where=sa.text("claim IS NOT NULL"),
    )
    op.create_index(
        "ix_applications_often_started",
        "applications",
        ["starts"],
        unique=False,
        postgresql_where=sa.text("starts > 1"),
    )
    op.create_index(
        "uq_applications_same_application",
        "applications",
        ["same_application"],
        unique=True,
        postgresql_where=sa.text("status NOT IN ('WITHDRAWN', 'CLOSED')"),
    )


def _application_keys() -> None:
    op.create_table(
        "application_keys",
        sa.Column("application_id", sa.Uuid(), nullable=False),
        sa.Column("ring_key", sa.Text(), nullable=False),
        sa.Column("wrapped", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["application_id"], ["applications.id"], name=op.f("fk_application_keys_application_id")
        ),
        sa.PrimaryKeyConstraint("application_id", name=op.f("pk_application_keys")),
    )


def _decisions() -> None:
    op.create_table(
        "decisions",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("application_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("proposed", sa.Boolean(), nullable=False),
        sa.Column("tariff_id", sa.Text(), nullable=False),
        sa.Column("tariff_version", sa.Text(), nullable=False),
        sa.Column("tariff_digest", sa.Text(), nullable=False),
        sa.Column("engine_version", sa.Text(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("sealed_digest", sa.Text(), nullable=False),
        sa.Column(
            "recorded_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(
            ["application_id"], ["applications.id"], name=op.f("fk_decisions_application_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_decisions")),
        sa.UniqueConstraint(
            "application_id", "version", name=op.f("uq_decisions_application_id_version")
        ),
    )


def _idempotency() -> None:
    op.create_table(
        "idempotency",
        sa.Column("portal_id", sa.Uuid(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("body_mac", sa.LargeBinary(), nullable=False),
        sa.Column("application_id", sa.Uuid(), nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(
            ["application_id"], ["applications.id"], name=op.f("fk_idempotency_application_id")
        ),
        sa.ForeignKeyConstraint(
            ["portal_id"], ["portals.id"], name=op.f("fk_idempotency_portal_id")
        ),
        sa.PrimaryKeyConstraint("portal_id", "key", name=op.f("pk_idempotency")),
    )
    op.create_index(op.f("ix_idempotency_created_at"), "idempotency", ["created_at"], unique=False)


def _journal() -> None:
    op.create_table(
        "journal",
        sa.Column("application_id", sa.Uuid(), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("was", sa.Text(), nullable=True),
        sa.Column("now", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("evidence", sa.Text(), nullable=True),
        sa.Column("trace", sa.Text(), nullable=True),
        sa.Column("previous", sa.LargeBinary(), nullable=False),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["application_id"], ["applications.id"], name=op.f("fk_journal_application_id")
        ),
        sa.PrimaryKeyConstraint("application_id", "sequence", name=op.f("pk_journal")),
    )


def _verifications() -> None:
    op.create_table(
        "verifications",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("application_id", sa.Uuid(), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("fetched_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("http_status", sa.SmallInteger(), nullable=True),
        sa.Column("code", sa.Text(), nullable=True),
        sa.Column("request_id", sa.Text(), nullable=True),
        sa.Column("sealed", sa.LargeBinary(), nullable=True),
        sa.Column(
            "recorded_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(
            ["application_id"], ["applications.id"], name=op.f("fk_verifications_application_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_verifications")),
    )
    op.create_index(
        op.f("ix_verifications_application_id"), "verifications", ["application_id"], unique=False
    )
