"""A worker says on which machine it lives, so that its neighbours can see that it is gone.

It only widens (expand): code of revision 0002 works on it unchanged, and the way down keeps it.
"""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

WORKS_FROM = "0002"


def upgrade() -> None:
    op.add_column("workers", sa.Column("machine", sa.Text(), nullable=True), if_not_exists=True)
    row = sa.table("compatibility", sa.column("works_from", sa.Text()))
    op.execute(row.update().values(works_from=WORKS_FROM))


def downgrade() -> None:
    """Nothing: the column stays, and code of 0009 does not see it."""
