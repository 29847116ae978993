"""Operating: acts with their comments, acts on many, saved filters, samples, names found blindly.

It only widens (expand): code of revision 0002 works on it unchanged, and the way down keeps it all.
The indexes on applications take about a second each for a million rows, in which nobody writes.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

from shared.migrations import operating, reach, rights

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

WORKS_FROM = "0002"
_MOMENT = sa.DateTime(timezone=True)
_NOW = sa.text("now()")
_ORDER = ["received_at", "id"]
_INDEXES = (  # what follows the order is looked at in the index, without a look at the row
    ("ix_applications_received", [*_ORDER, "lane", "status"], None),
    (
        "ix_applications_of_authority",
        ["authority_id", *_ORDER, "portal_id", "scheme_id", "structure_id"],
        None,
    ),
    ("ix_applications_in_state", ["status", *_ORDER, "reason"], None),
    ("ix_applications_moved", ["status", "moved_at"], None),
    ("ix_applications_for_reason", ["reason", *_ORDER, "status"], "reason IS NOT NULL"),
    ("ix_applications_of_campaign", ["campaign_id", *_ORDER], "campaign_id IS NOT NULL"),
    ("ix_applications_told", ["last_outcome", *_ORDER], "last_outcome <> 'Certified'"),
    ("ix_applications_tried", ["attempts", *_ORDER], "attempts > 0"),
)


def upgrade() -> None:
    outcome = sa.Column("last_outcome", sa.Text(), nullable=True)
    op.add_column("applications", outcome, if_not_exists=True)
    _operations()
    _bulk_actions()
    _bulk_members()
    _saved_filters()
    _samples()
    _name_tokens()
    _open_to_services()
    operating.open_to_screens()
    reach.make_findings()
    _indexes()
    row = sa.table("compatibility", sa.column("works_from", sa.Text()))
    op.execute(row.update().values(works_from=WORKS_FROM))


def downgrade() -> None:
    """Nothing: columns and rows stay, and code of 0007 does not see them."""


def _indexes() -> None:
    for name, columns, where in _INDEXES:
        op.create_index(
            name,
            "applications",
            columns,
            postgresql_where=None if where is None else sa.text(where),
            if_not_exists=True,
        )
    op.execute(  # without it the planner takes a reason that a state never has for a frequent one
        "CREATE STATISTICS IF NOT EXISTS st_applications_standing (mcv) "
        "ON status, reason, last_outcome FROM applications"
    )
    op.execute(
        "CREATE INDEX IF NOT EXISTS ix_journal_at ON journal USING brin (at) "
        "WITH (pages_per_range = 32, autosummarize = on)"
    )


def _open_to_services() -> None:
    everything = ("operations", "bulk_actions", "bulk_members", "saved_filters", "samples")
    rights.open_to_services("SELECT, INSERT", (*everything, "name_tokens"))
    changed = ("bulk_actions", "bulk_members", "saved_filters", "name_tokens")
    rights.open_to_services("UPDATE", changed)
    gone = ("bulk_members", "saved_filters", "samples", "name_tokens")
    rights.open_to_services("DELETE", gone)


def _operations() -> None:
    op.create_table(
        "operations",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("at", _MOMENT, nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("act", sa.Text(), nullable=False),
        sa.Column("target", sa.Text(), nullable=False),
        sa.Column("comment", sa.Text(), nullable=False),
        sa.Column("detail", JSONB(), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("application_id", sa.Uuid(), nullable=True),
        sa.Column("sequence", sa.Integer(), nullable=True),
        sa.Column("action_id", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(
            ["application_id"], ["applications.id"], name=op.f("fk_operations_application_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_operations")),
        if_not_exists=True,
    )
    for name, column, where in (
        ("ix_operations_application_id", "application_id", "application_id IS NOT NULL"),
        ("ix_operations_at", "at", "application_id IS NULL"),
    ):
        op.create_index(
            name, "operations", [column], postgresql_where=sa.text(where), if_not_exists=True
        )


def _bulk_actions() -> None:
    op.create_table(
        "bulk_actions",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("verb", sa.Text(), nullable=False),
        sa.Column("retry_at", _MOMENT, nullable=True),
        sa.Column("lane", sa.Text(), nullable=True),
        sa.Column("ground", sa.Text(), nullable=True),
        sa.Column("sought", sa.Text(), nullable=False),
        sa.Column("comment", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("asked_by", sa.Text(), nullable=False),
        sa.Column("asked_at", _MOMENT, server_default=_NOW, nullable=False),
        sa.Column("finished_at", _MOMENT, nullable=True),
        sa.Column("came_to", JSONB(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bulk_actions")),
        if_not_exists=True,
    )
    op.create_index(
        "ix_bulk_actions_going",
        "bulk_actions",
        ["asked_at"],
        postgresql_where=sa.text("state IN ('running', 'paused')"),
        if_not_exists=True,
    )
    op.create_index("ix_bulk_actions_asked_at", "bulk_actions", ["asked_at"], if_not_exists=True)


def _bulk_members() -> None:
    op.create_table(
        "bulk_members",
        sa.Column("action_id", sa.Uuid(), nullable=False),
        sa.Column("application_id", sa.Uuid(), nullable=False),
        sa.Column("authority_id", sa.Uuid(), nullable=False),
        sa.Column("came_to", sa.Text(), nullable=True),
        sa.Column("at", _MOMENT, nullable=True),
        sa.ForeignKeyConstraint(
            ["action_id"], ["bulk_actions.id"], name=op.f("fk_bulk_members_action_id")
        ),
        sa.ForeignKeyConstraint(
            ["application_id"], ["applications.id"], name=op.f("fk_bulk_members_application_id")
        ),
        sa.PrimaryKeyConstraint("action_id", "application_id", name=op.f("pk_bulk_members")),
        if_not_exists=True,
    )
    for name, columns, where in (
        ("waiting", ["action_id", "authority_id", "application_id"], "came_to IS NULL"),
        ("at", ["action_id", "at"], "came_to IS NOT NULL"),
    ):
        op.create_index(
            f"ix_bulk_members_{name}",
            "bulk_members",
            columns,
            postgresql_where=sa.text(where),
            if_not_exists=True,
        )


def _saved_filters() -> None:
    op.create_table(
        "saved_filters",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("owner", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("sought", sa.Text(), nullable=False),
        sa.Column("saved_at", _MOMENT, server_default=_NOW, nullable=False),
        sa.Column("saved_by", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_saved_filters")),
        sa.UniqueConstraint("owner", "name", name=op.f("uq_saved_filters_owner_name")),
        if_not_exists=True,
    )


def _samples() -> None:
    op.create_table(
        "samples",
        sa.Column("at", _MOMENT, nullable=False),
        sa.Column("queue", sa.Text(), nullable=False),
        sa.Column("due", sa.Integer(), nullable=False),
        sa.Column("held", sa.Integer(), nullable=False),
        sa.Column("oldest_s", sa.Float(), nullable=True),
        sa.Column("through", sa.Integer(), nullable=False),
        sa.Column("half_s", sa.Float(), nullable=True),
        sa.Column("most_s", sa.Float(), nullable=True),
        sa.Column("within", sa.Float(), nullable=True),
        sa.PrimaryKeyConstraint("at", "queue", name=op.f("pk_samples")),
        if_not_exists=True,
    )


def _name_tokens() -> None:
    op.create_table(
        "name_tokens",
        sa.Column("application_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.SmallInteger(), nullable=False),
        sa.Column("tokens", sa.ARRAY(sa.BigInteger()), nullable=False),
        sa.ForeignKeyConstraint(
            ["application_id"], ["applications.id"], name=op.f("fk_name_tokens_application_id")
        ),
        sa.PrimaryKeyConstraint("application_id", name=op.f("pk_name_tokens")),
        if_not_exists=True,
    )
    op.create_index(
        "ix_name_tokens_tokens",
        "name_tokens",
        ["tokens"],
        postgresql_using="gin",
        if_not_exists=True,
    )
