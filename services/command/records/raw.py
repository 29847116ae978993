"""What was read of a file, before it is judged."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from services.command.records.faults import Fault, RecordsError, refuse_any
from services.command.records.kinds import Kind
from services.command.records.models import Record, read
from services.command.records.place import Place, Value
from services.command.records.rules import Address, Asked


@dataclass(frozen=True, slots=True)
class Raw:
    """A record as it was written, and where."""

    kind: Kind
    values: Mapping[str, Value]
    place: Place

    @property
    def address(self) -> Address:
        """What it would be told apart by, if it is well said."""
        code = str(self.values.get("code"))
        return self.kind, f"{self.values.get('authority')}/{code}" if self.kind.within else code


@dataclass(frozen=True, slots=True)
class Found:
    """What a file holds, and what is wrong with its shape."""

    raw: list[Raw] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)


def judged(found: Found, standing: Iterable[Record] = ()) -> list[Asked]:
    """What was read, as records; what a file does not say of one that stands stays as it is.

    Raises:
        RecordsError: with every fault of the file's shape and of every record.
    """
    asked: list[Asked] = []
    faults = list(found.faults)
    known = {(one.kind_of_record, one.address): one.plain() for one in standing}
    for one in found.raw:
        try:
            values = known.get(one.address, {}) | dict(one.values)
            asked.append(Asked(read(one.kind, values), one.place))
        except RecordsError as wrong:
            faults += (replace(fault, place=one.place.of(fault.field)) for fault in wrong.faults)
    refuse_any(faults)
    return asked
