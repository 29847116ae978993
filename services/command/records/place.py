"""Where a record was read: a file, and the line of each of its fields."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

Value = str | list[str] | list["Value"] | Mapping[str, "Value"]
"""What stands after a word: a text, words with values of their own, or a list of either."""


@dataclass(frozen=True, slots=True)
class Place:
    """The line where a record stands, and those of its fields that have their own."""

    file: str
    line: int
    lines: Mapping[str, int] = field(default_factory=dict)

    def of(self, name: str) -> str:
        """Where this field is, as a person reads it; empty for what comes from no file."""
        return f"{self.file}, ligne {self._line(name)}" if self.file else ""

    def _line(self, name: str) -> int:
        """That of the field, or of what holds it."""
        if name == "" or name in self.lines:
            return self.lines.get(name, self.line)
        return self._line(name.rpartition(".")[0])


NOWHERE = Place("", 0)
Places = Mapping[str, Place]
"""Where each field that a file gave was read."""
NO_FILE: Places = MappingProxyType({})
