"""What is at rest is counted, what is on its way has an index, so has the record of accesses.

It only widens (expand): code of revision 0002 works on it unchanged, and the way down keeps it all.
The indexes on applications take about a second each for a million rows, in which nobody writes.
"""

import sqlalchemy as sa
from alembic import op

from shared.migrations import reach, rights

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

WORKS_FROM = "0002"
_AT_REST = "status IN ('CLOSED', 'DECIDED', 'WITHDRAWN')"
_INDEXES = (("at_rest", _AT_REST), ("on_their_way", f"NOT ({_AT_REST})"))


def upgrade() -> None:
    op.create_table(
        "at_rest",
        sa.Column("authority_id", sa.Uuid(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("count", sa.BigInteger(), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("authority_id", "status", "reason", name=op.f("pk_at_rest")),
        if_not_exists=True,
    )
    rights.open_to_services("SELECT, INSERT, DELETE", ("at_rest",))
    rights.open_to_screens("SELECT", ("at_rest",))
    rights.rows_within("at_rest")
    rights.screens_see("at_rest", reach.own())
    for name, where in _INDEXES:
        op.create_index(
            f"ix_applications_{name}",
            "applications",
            ["status", "authority_id", "reason"],
            postgresql_where=sa.text(where),
            if_not_exists=True,
        )
    op.create_index("ix_accesses_at", "accesses", ["at", "id"], if_not_exists=True)
    row = sa.table("compatibility", sa.column("works_from", sa.Text()))
    op.execute(row.update().values(works_from=WORKS_FROM))


def downgrade() -> None:
    """Nothing: the table stays, and code of 0008 does not see it."""
