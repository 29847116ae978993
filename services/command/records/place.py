"""Where a record was read: a file, and the line of each of its fields."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Place:
    """The line where a record stands, and those of its fields that have their own."""

    file: str
    line: int
    lines: Mapping[str, int] = field(default_factory=dict)

    def of(self, name: str) -> str:
        """Where this field is, as a person reads it; empty for what comes from no file."""
        return f"{self.file}, ligne {self.lines.get(name, self.line)}" if self.file else ""


NOWHERE = Place("", 0)
