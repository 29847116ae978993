"""What can be wrong with the journal and its seals, and the pure rules that find it."""

from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from datetime import UTC, date, timedelta
from enum import StrEnum
from uuid import UUID

from shared.protocol.journal import Head
from shared.protocol.merkle import Tree
from shared.protocol.seals import Seal, head_leaf
from shared.store.tables import JournalRow
from shared.watching.timeline import broken_line

_DAY = timedelta(days=1)


class LineTrouble(StrEnum):
    """What happened to a line of the journal."""

    MISSING = "missing"
    CHANGED = "changed"  # its content is not what its hash covers
    UNLINKED = "unlinked"  # it does not follow from the line before: one of the two was changed
    ADDED = "added"  # it stands after the head that its application knows


class DayTrouble(StrEnum):
    """What happened to the seal of a day."""

    MISSING = "missing"
    FOREIGN = "foreign"  # signed by a key that is not trusted
    UNSIGNED = "unsigned"  # the signature is not of this day, root, count and day before
    DIFFERENT = "different"  # well signed, and the journal is not the one that was sealed


@dataclass(frozen=True, slots=True)
class LineFault:
    """The first line of an application that is not as it was written."""

    reference: str
    sequence: int
    trouble: LineTrouble


@dataclass(frozen=True, slots=True)
class DayFault:
    """Days in a row (UTC, both included) whose seals have the same trouble."""

    first: date
    last: date
    trouble: DayTrouble


@dataclass(frozen=True, slots=True)
class Stored:
    """A seal as the record has it."""

    day: date
    heads: int
    root: bytes
    public_key: bytes
    signature: bytes

    def signed_after(self, root: bytes | None) -> bool:
        """Whether its signature holds, the root of the day before being this one."""
        seal = Seal(self.day, self.heads, self.root, root)
        return seal.signed_by(self.public_key, self.signature)


class Days:
    """The trees of each day from the first to the last, grown again from the journal's lines."""

    def __init__(self, first: date, last: date) -> None:
        self._first = first
        self._trees = [Tree() for _ in range((last - first).days + 1)]

    def add(self, application_id: UUID, lines: Sequence[JournalRow]) -> None:
        """Add an application's heads; applications in the order of their ids, lines in theirs."""
        until = len(self._trees)
        for line in reversed(lines):
            since = max(0, (line.at.astimezone(UTC).date() - self._first).days)
            if since < until:
                leaf = head_leaf(application_id, Head(line.sequence, line.hash))
                for tree in self._trees[since:until]:
                    tree.add(leaf)
                until = since

    def __iter__(self) -> Iterator[tuple[date, Tree]]:
        return ((self._first + number * _DAY, tree) for number, tree in enumerate(self._trees))


def line_fault(reference: str, lines: Sequence[JournalRow], head: Head) -> LineFault | None:
    """The first fault of an application's chain; None when it is whole.

    Args:
        reference: the application's.
        lines: all its lines, in order.
        head: what its row knows of its last line.
    """
    broken = broken_line(lines, head=None)
    if broken is not None:
        at = next(n for n, line in enumerate(lines) if line.sequence == broken)
        sequence, trouble = _inside(lines[at], lines[at - 1] if at else None)
    elif len(lines) < max(head.sequence, 1):  # the first line came in with the application
        sequence, trouble = len(lines) + 1, LineTrouble.MISSING
    elif len(lines) > head.sequence:
        sequence, trouble = head.sequence + 1, LineTrouble.ADDED
    elif lines[-1].hash != head.hash:
        sequence, trouble = head.sequence, LineTrouble.CHANGED
    else:
        return None
    return LineFault(reference, sequence, trouble)


def day_faults(
    days: Days, stored: Mapping[date, Stored], *, trusted: AbstractSet[bytes]
) -> list[DayFault]:
    """The faults of the seals, each day judged by itself, then days in a row put together.

    What a seal says of the day before is compared with the seal of that day and with the journal:
    a seal that was changed or removed accuses itself, not the one after.

    Args:
        days: what the journal says.
        stored: what the record has.
        trusted: the public keys that may sign; empty: any key, if the signature is its own.
    """
    faults: list[DayFault] = []
    before: set[bytes | None] = {None}  # what a seal may say of the day before it
    for day, tree in days:
        seal = stored.get(day)
        trouble = DayTrouble.MISSING if seal is None else _trouble(seal, before, tree, trusted)
        if trouble is not None:
            _join(faults, DayFault(day, day, trouble))
        before = {tree.root(), seal.root} if seal else {tree.root(), *(before & {None})}
    return faults


def _inside(line: JournalRow, before: JournalRow | None) -> tuple[int, LineTrouble]:
    """What is wrong with a line that breaks its chain, and which line that accuses."""
    expected, previous = (before.sequence + 1, before.hash) if before else (1, b"")
    if line.sequence > expected:
        return expected, LineTrouble.MISSING
    if line.previous != previous:
        return line.sequence, LineTrouble.UNLINKED
    return line.sequence, LineTrouble.CHANGED


def _trouble(
    seal: Stored, before: AbstractSet[bytes | None], tree: Tree, trusted: AbstractSet[bytes]
) -> DayTrouble | None:
    if trusted and seal.public_key not in trusted:
        return DayTrouble.FOREIGN
    if not any(seal.signed_after(root) for root in before):
        return DayTrouble.UNSIGNED
    if (seal.heads, seal.root) != (tree.leaves, tree.root()):
        return DayTrouble.DIFFERENT
    return None


def _join(faults: list[DayFault], fault: DayFault) -> None:
    """Add a day's fault, to the run of days before it when that has the same trouble."""
    if faults and (faults[-1].last + _DAY, faults[-1].trouble) == (fault.first, fault.trouble):
        fault = replace(faults.pop(), last=fault.last)
    faults.append(fault)
