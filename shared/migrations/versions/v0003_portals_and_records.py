"""Portals in production: keys with scopes, limits, estimates, and the journal of settings.

It only widens (expand): code of revision 0002 works on it unchanged. Going down therefore keeps
every column and table that somebody may have filled, and code of 0002 does not see them: coming up
again finds the scopes of keys, the limits, the told estimates and the journal of changes as they
were. What goes is the word on compatibility, of which 0002 knows nothing.
"""

import sqlalchemy as sa
from alembic import op

from shared.migrations.rights import open_to_services

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

WORKS_FROM = "0002"
_ALL_SCOPES = "'{applications:write,applications:read,decisions:read}'"


def upgrade() -> None:
    _widen_portals()
    _widen_schemes()
    _widen_applications()
    _changes()
    _compatibility()


def downgrade() -> None:
    op.drop_table("compatibility")


def _widen_portals() -> None:
    limit = sa.Column("requests_per_minute", sa.Integer(), server_default="1200", nullable=False)
    op.add_column("portals", limit, if_not_exists=True)
    for column in (
        sa.Column("label", sa.Text(), server_default="", nullable=False),
        sa.Column(
            "scopes", sa.ARRAY(sa.Text()), server_default=sa.text(_ALL_SCOPES), nullable=False
        ),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
    ):
        op.add_column("portal_keys", column, if_not_exists=True)


def _widen_schemes() -> None:
    op.add_column(
        "schemes",
        sa.Column(
            "stages", sa.ARRAY(sa.Text()), server_default=sa.text("'{admission}'"), nullable=False
        ),
        if_not_exists=True,
    )


def _widen_applications() -> None:
    op.alter_column("applications", "structure_id", nullable=True)
    estimate = sa.Column("sealed_estimate", sa.LargeBinary(), nullable=True)
    op.add_column("applications", estimate, if_not_exists=True)


def _changes() -> None:
    op.create_table(
        "changes",
        sa.Column("sequence", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("change", sa.Text(), nullable=False),
        sa.Column("previous", sa.LargeBinary(), nullable=False),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("sequence", name=op.f("pk_changes")),
        if_not_exists=True,
    )
    open_to_services("SELECT, INSERT", ("changes",))


def _compatibility() -> None:
    op.create_table(
        "compatibility",
        sa.Column("single", sa.Boolean(), server_default=sa.true(), nullable=False),
        sa.Column("works_from", sa.Text(), nullable=False),
        sa.CheckConstraint("single", name=op.f("ck_compatibility_one_row")),
        sa.PrimaryKeyConstraint("single", name=op.f("pk_compatibility")),
    )
    row = sa.table("compatibility", sa.column("works_from", sa.Text()))
    op.bulk_insert(row, [{"works_from": WORKS_FROM}])
    open_to_services("SELECT", ("compatibility",))
