"""Decisions explained: published tariffs, kinds and modes of decision, reviews and campaigns.

It only widens (expand): code of revision 0002 works on it unchanged, and the way down keeps it all.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

from shared.migrations.rights import open_to_services

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

WORKS_FROM = "0002"
_MOMENT = sa.DateTime(timezone=True)
_NOW = sa.text("now()")


def upgrade() -> None:
    _widen_parties()
    _tariffs()
    _campaigns()
    _campaign_members()
    _reviews()
    _widen_applications()
    _widen_decisions()
    open_to_services("SELECT, INSERT", ("tariffs", "reviews", "campaigns", "campaign_members"))
    open_to_services("UPDATE", ("campaigns", "campaign_members"))
    row = sa.table("compatibility", sa.column("works_from", sa.Text()))
    op.execute(row.update().values(works_from=WORKS_FROM))


def downgrade() -> None:
    """Nothing: columns and rows stay, and code of 0004 does not see them."""


def _widen_parties() -> None:
    for table, name, empty in (
        ("authorities", "signatories", "'[]'"),
        ("authorities", "contact", "'{}'"),
        ("structures", "details", "'{}'"),
        ("schemes", "rules", "'{}'"),
    ):
        column = sa.Column(name, JSONB(), server_default=sa.text(empty), nullable=False)
        op.add_column(table, column, if_not_exists=True)


def _tariffs() -> None:
    op.create_table(
        "tariffs",
        sa.Column("tariff_id", sa.Text(), nullable=False),
        sa.Column("version", sa.Text(), nullable=False),
        sa.Column("authority_id", sa.Uuid(), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("review_by", sa.Date(), nullable=False),
        sa.Column("published_at", _MOMENT, server_default=_NOW, nullable=False),
        sa.Column("published_by", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["authority_id"], ["authorities.id"], name=op.f("fk_tariffs_authority_id")
        ),
        sa.PrimaryKeyConstraint("tariff_id", "version", name=op.f("pk_tariffs")),
        if_not_exists=True,
    )


def _campaigns() -> None:
    op.create_table(
        "campaigns",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("authority_id", sa.Uuid(), nullable=False),
        sa.Column("scheme_id", sa.Uuid(), nullable=True),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("effective_on", sa.Date(), nullable=True),
        sa.Column("tariff_id", sa.Text(), nullable=True),
        sa.Column("tariff_version", sa.Text(), nullable=True),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("drafts", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("started_at", _MOMENT, server_default=_NOW, nullable=False),
        sa.Column("started_by", sa.Text(), nullable=False),
        sa.Column("finished_at", _MOMENT, nullable=True),
        sa.ForeignKeyConstraint(
            ["authority_id"], ["authorities.id"], name=op.f("fk_campaigns_authority_id")
        ),
        sa.ForeignKeyConstraint(["scheme_id"], ["schemes.id"], name=op.f("fk_campaigns_scheme_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_campaigns")),
        sa.UniqueConstraint("code", name=op.f("uq_campaigns_code")),
        if_not_exists=True,
    )


def _campaign_members() -> None:
    op.create_table(
        "campaign_members",
        sa.Column("campaign_id", sa.Uuid(), nullable=False),
        sa.Column("application_id", sa.Uuid(), nullable=False),
        sa.Column("before_version", sa.Integer(), nullable=False),
        sa.Column("fed_at", _MOMENT, nullable=True),
        sa.Column("left_out", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["campaign_id"], ["campaigns.id"], name=op.f("fk_campaign_members_campaign_id")
        ),
        sa.ForeignKeyConstraint(
            ["application_id"], ["applications.id"], name=op.f("fk_campaign_members_application_id")
        ),
        sa.PrimaryKeyConstraint("campaign_id", "application_id", name=op.f("pk_campaign_members")),
        if_not_exists=True,
    )
    op.create_index(
        "ix_campaign_members_application_id",
        "campaign_members",
        ["application_id"],
        if_not_exists=True,
    )
    op.create_index(
        "ix_campaign_members_waiting",
        "campaign_members",
        ["campaign_id", "application_id"],
        postgresql_where=sa.text("fed_at IS NULL AND left_out IS NULL"),
        if_not_exists=True,
    )


def _reviews() -> None:
    op.create_table(
        "reviews",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("application_id", sa.Uuid(), nullable=False),
        sa.Column("act", sa.Text(), nullable=False),
        sa.Column("at", _MOMENT, nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("ground", sa.Text(), nullable=True),
        sa.Column("sealed", sa.LargeBinary(), nullable=True),
        sa.ForeignKeyConstraint(
            ["application_id"], ["applications.id"], name=op.f("fk_reviews_application_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reviews")),
        if_not_exists=True,
    )
    op.create_index("ix_reviews_application_id", "reviews", ["application_id"], if_not_exists=True)


def _widen_applications() -> None:
    for column in (
        sa.Column("effective_on", sa.Date(), nullable=True),
        sa.Column("campaign_id", sa.Uuid(), nullable=True),
    ):
        op.add_column("applications", column, if_not_exists=True)


def _widen_decisions() -> None:
    for column in (
        sa.Column("kind", sa.Text(), server_default="fee", nullable=False),
        sa.Column("mode", sa.Text(), server_default="automatic", nullable=False),
        sa.Column("because", sa.ARRAY(sa.Text()), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("validates", sa.Integer(), nullable=True),
        sa.Column("campaign_id", sa.Uuid(), nullable=True),
    ):
        op.add_column("decisions", column, if_not_exists=True)
    op.create_index("ix_decisions_campaign_id", "decisions", ["campaign_id"], if_not_exists=True)
