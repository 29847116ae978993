"""What was read of a file, before it is judged."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from services.command.records.faults import Fault, RecordsError, refuse_any
from services.command.records.kinds import Kind
from services.command.records.models import read
from services.command.records.place import Place
from services.command.records.rules import Asked


@dataclass(frozen=True, slots=True)
class Raw:
    """A record as it was written, and where."""

    kind: Kind
    values: Mapping[str, str | list[str]]
    place: Place


@dataclass(frozen=True, slots=True)
class Found:
    """What a file holds, and what is wrong with its shape."""

    raw: list[Raw] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)


def judged(found: Found) -> list[Asked]:
    """What was read, as records.

    Raises:
        RecordsError: with every fault of the file's shape and of every record.
    """
    asked: list[Asked] = []
    faults = list(found.faults)
    for one in found.raw:
        try:
            asked.append(Asked(read(one.kind, one.values), one.place))
        except RecordsError as wrong:
            faults += (replace(fault, place=one.place.of(fault.field)) for fault in wrong.faults)
    refuse_any(faults)
    return asked
