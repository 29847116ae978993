"""Portals told: an event for each change that a portal may see, its delivery, where it goes.

It only widens (expand): code of revision 0002 works on it unchanged, and the way down keeps it all.
That code writes no events: what it changes is told to nobody, and portals read it as before.
"""

import sqlalchemy as sa
from alembic import op

from shared.migrations.rights import open_to_services

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

WORKS_FROM = "0002"
_MOMENT = sa.DateTime(timezone=True)
_NOW = sa.text("now()")


def upgrade() -> None:
    _event_clock()
    _events()
    _deliveries()
    _widen_portals()
    open_to_services("SELECT, INSERT", ("events", "deliveries"))
    open_to_services("UPDATE", ("deliveries",))
    open_to_services("SELECT", ("event_clock",))
    row = sa.table("compatibility", sa.column("works_from", sa.Text()))
    op.execute(row.update().values(works_from=WORKS_FROM))


def downgrade() -> None:
    """Nothing: columns and rows stay, and code of 0005 does not see them."""


def _event_clock() -> None:
    op.create_table(
        "event_clock",
        sa.Column("single", sa.Boolean(), server_default=sa.true(), nullable=False),
        sa.Column("base", sa.BigInteger(), server_default="0", nullable=False),
        sa.CheckConstraint("single", name=op.f("ck_event_clock_one_row")),
        sa.PrimaryKeyConstraint("single", name=op.f("pk_event_clock")),
        if_not_exists=True,
    )
    op.execute("INSERT INTO event_clock DEFAULT VALUES ON CONFLICT DO NOTHING")


def _events() -> None:
    op.create_table(
        "events",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("portal_id", sa.Uuid(), nullable=False),
        sa.Column("application_id", sa.Uuid(), nullable=True),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("at", _MOMENT, nullable=False),
        sa.Column("state", sa.Text(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("decision_version", sa.Integer(), nullable=True),
        sa.Column("transaction", sa.BigInteger(), nullable=False),
        sa.Column("position", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.ForeignKeyConstraint(["portal_id"], ["portals.id"], name=op.f("fk_events_portal_id")),
        sa.ForeignKeyConstraint(
            ["application_id"], ["applications.id"], name=op.f("fk_events_application_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_events")),
        sa.UniqueConstraint(
            "application_id", "sequence", name=op.f("uq_events_application_id_sequence")
        ),
        if_not_exists=True,
    )
    op.create_index(
        "ix_events_feed", "events", ["portal_id", "transaction", "position"], if_not_exists=True
    )


def _deliveries() -> None:
    op.create_table(
        "deliveries",
        sa.Column("event_id", sa.Uuid(), nullable=False),
        sa.Column("portal_id", sa.Uuid(), nullable=False),
        sa.Column("application_id", sa.Uuid(), nullable=True),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("status", sa.Text(), server_default="WAITING", nullable=False),
        sa.Column("due_at", _MOMENT, server_default=_NOW, nullable=False),
        sa.Column("attempts", sa.SmallInteger(), server_default="0", nullable=False),
        sa.Column("claim", sa.Uuid(), nullable=True),
        sa.Column("claimed_by", sa.Uuid(), nullable=True),
        sa.Column("claimed_at", _MOMENT, nullable=True),
        sa.Column("outcome", sa.Text(), nullable=True),
        sa.Column("http_status", sa.SmallInteger(), nullable=True),
        sa.Column("finished_at", _MOMENT, nullable=True),
        sa.CheckConstraint(
            "(claim IS NULL) = (claimed_by IS NULL) AND (claim IS NULL) = (claimed_at IS NULL)",
            name=op.f("ck_deliveries_a_claim_is_whole"),
        ),
        sa.ForeignKeyConstraint(["event_id"], ["events.id"], name=op.f("fk_deliveries_event_id")),
        sa.ForeignKeyConstraint(
            ["portal_id"], ["portals.id"], name=op.f("fk_deliveries_portal_id")
        ),
        sa.PrimaryKeyConstraint("event_id", name=op.f("pk_deliveries")),
        if_not_exists=True,
    )
    for name, columns, where in (
        ("due", ["portal_id", "due_at"], "status = 'WAITING' AND claim IS NULL"),
        ("waiting", ["application_id", "sequence"], "status = 'WAITING'"),
        ("held", ["claimed_by"], "claim IS NOT NULL"),
        ("dead", ["portal_id", "finished_at"], "status = 'DEAD'"),
    ):
        op.create_index(
            f"ix_deliveries_{name}",
            "deliveries",
            columns,
            postgresql_where=sa.text(where),
            if_not_exists=True,
        )


def _widen_portals() -> None:
    for name, kind in (
        ("webhook_url", sa.Text()),
        ("webhook_secret", sa.LargeBinary()),
        ("webhook_secret_before", sa.LargeBinary()),
        ("webhook_secret_before_until", _MOMENT),
        ("webhook_stopped_at", _MOMENT),
    ):
        op.add_column("portals", sa.Column(name, kind, nullable=True), if_not_exists=True)
