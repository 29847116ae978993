"""Marks: where a page of a list ends that goes by moments, and the next one begins."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Self
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Mark:
    """The last of a page: its moment (UTC), and its id among those of the same moment."""

    at: datetime
    id: UUID

    @classmethod
    def read(cls, written: str) -> Self:
        """From what `str` wrote.

        Raises:
            ValueError: it is none.
        """
        at, _, id_ = written.partition("_")
        try:
            return cls(datetime.fromisoformat(at).astimezone(UTC), UUID(id_))
        except OverflowError:
            raise ValueError(written) from None

    def __str__(self) -> str:
        return f"{self.at.astimezone(UTC):%Y-%m-%dT%H:%M:%S.%fZ}_{self.id}"
