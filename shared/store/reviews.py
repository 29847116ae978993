"""The table of reviews (instruction): what agents asked, answered for and settled."""

from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from shared.store.tables import Table


class ReviewRow(Table):
    """One act of an agent on an application, or the arrival of pieces asked for. Append-only.

    Asking for pieces stops the legal clock of the application until they arrive (CRPA L.114-5).
    """

    __tablename__ = "reviews"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    application_id: Mapped[UUID] = mapped_column(ForeignKey("applications.id"), index=True)
    act: Mapped[str]  # a word of ReviewAct
    at: Mapped[datetime]
    actor: Mapped[str]
    ground: Mapped[str | None]  # a code, never a family's words
    sealed: Mapped[bytes | None]  # comment, pieces, figures: under the application's data key
