"""The State as it really serves: rights as DataPass grants them, tax numbers, evidence held ready.

It only widens (expand): code of revision 0002 works on it unchanged, and the way down keeps it all.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

from shared.migrations.rights import open_to_services

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

WORKS_FROM = "0002"


def upgrade() -> None:
    _widen_habilitations()
    _widen_applications()
    _held_evidence()
    row = sa.table("compatibility", sa.column("works_from", sa.Text()))
    op.execute(row.update().values(works_from=WORKS_FROM))


def downgrade() -> None:
    """Nothing: columns and rows stay, and code of 0003 does not see them."""


def _widen_habilitations() -> None:
    for column in (
        sa.Column("provider", sa.Text(), server_default="api_particulier", nullable=False),
        sa.Column(
            "endpoints", sa.ARRAY(sa.Text()), server_default=sa.text("'{eaje}'"), nullable=False
        ),
        sa.Column("delegation_id", sa.Text(), nullable=True),
        sa.Column("dossier", JSONB(), server_default=sa.text("'{}'"), nullable=False),
    ):
        op.add_column("habilitations", column, if_not_exists=True)


def _widen_applications() -> None:
    numbers = sa.Column("sealed_tax_numbers", sa.LargeBinary(), nullable=True)
    op.add_column("applications", numbers, if_not_exists=True)
    asked = sa.Column("asked", sa.Text(), nullable=True)
    op.add_column("verifications", asked, if_not_exists=True)


def _held_evidence() -> None:
    moment = sa.DateTime(timezone=True)
    op.create_table(
        "held_evidence",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("reference_hash", sa.LargeBinary(), nullable=False),
        sa.Column("portal_id", sa.Uuid(), nullable=False),
        sa.Column("scheme_id", sa.Uuid(), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("fetched_at", moment, nullable=False),
        sa.Column("request_id", sa.Text(), nullable=True),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("ring_key", sa.Text(), nullable=False),
        sa.Column("wrapped", sa.LargeBinary(), nullable=False),
        sa.Column("expires_at", moment, nullable=False),
        sa.ForeignKeyConstraint(
            ["portal_id"], ["portals.id"], name=op.f("fk_held_evidence_portal_id")
        ),
        sa.ForeignKeyConstraint(
            ["scheme_id"], ["schemes.id"], name=op.f("fk_held_evidence_scheme_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_held_evidence")),
        sa.UniqueConstraint("reference_hash", name=op.f("uq_held_evidence_reference_hash")),
        if_not_exists=True,
    )
    op.create_index(
        "ix_held_evidence_expires_at", "held_evidence", ["expires_at"], if_not_exists=True
    )
    open_to_services("SELECT, INSERT, DELETE", ("held_evidence",))
