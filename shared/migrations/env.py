"""Alembic's entry: migrates over the connection that `shared.store.migrating` hands in."""

from alembic import context

import shared.store.campaigns
import shared.store.decisions
import shared.store.evidence_held
import shared.store.operating
import shared.store.parties
import shared.store.people
import shared.store.published
import shared.store.reviews
import shared.store.told
from shared.store.tables import Table

assert shared.store.parties  # noqa: S101  # imported for its tables

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Table.metadata,
    compare_server_default=False,
)
with context.begin_transaction():
    context.run_migrations()
