"""The table of evidence held ready: what the State certified before an application came for it."""

from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from shared.store.tables import Table


class HeldEvidenceRow(Table):
    """An answer fetched at a FranceConnect callback, until an application takes it or it ends.

    It is sealed under a data key of its own, which goes with the row.
    """

    __tablename__ = "held_evidence"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    reference_hash: Mapped[bytes] = mapped_column(unique=True)  # the portal alone has the reference
    portal_id: Mapped[UUID] = mapped_column(ForeignKey("portals.id"))
    scheme_id: Mapped[UUID] = mapped_column(ForeignKey("schemes.id"))
    outcome: Mapped[str]
    source: Mapped[str]
    fetched_at: Mapped[datetime]
    request_id: Mapped[str | None]
    sealed: Mapped[bytes]
    ring_key: Mapped[str]
    wrapped: Mapped[bytes]
    expires_at: Mapped[datetime] = mapped_column(index=True)
