"""The checker: the ledger against the end, as Jepsen's total queue has it. Pure.

Lost: accepted, and not there, without a next step, or still under way. Duplicated: two references
or two decisions where there must be one. Wrong: another outcome or fee than the seed implies.
Unexpected: there, and handed in by nobody. Waiting is none of these: the trace of a fault that time
or ops will end.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from services.command.demo.oracle import Expected
from tests.chaos.load import Entry

_UNDER_WAY = {"RECEIVED", "VERIFIED"}


@dataclass(frozen=True, slots=True)
class End:
    """Where an application is at the end, as the record and the public API have it.

    `next_step`: whether it is due, held, or waits for a person; `lines`: how many lines of its
    journal lead to a decision; `fee`: cents an hour and a month, where a decision is in force.
    """

    reference: str
    state: str
    reason: str | None
    next_step: bool
    decisions: int
    lines: int
    fee: tuple[int, int] | None


@dataclass(frozen=True, slots=True)
class Count:
    """What was found; the references of what is not as it must be, a few of each."""

    accepted: int
    decided: int
    as_expected: int
    waiting: int
    refused: int
    lost: Sequence[str]
    duplicated: Sequence[str]
    wrong: Sequence[str]
    unexpected: Sequence[str]


def compare(ledger: Sequence[Entry], ends: Iterable[End], awaited: Mapping[str, Expected]) -> Count:
    """Compare what was promised with what is.

    Args:
        ledger: each family that was handed in.
        ends: every application of the record.
        awaited: what must become of each, by idempotency key.
    """
    by_reference = {end.reference: end for end in ends}
    accepted = [entry for entry in ledger if entry.references]
    promised = {reference for entry in accepted for reference in entry.references}
    verdicts = {entry.key: _verdict(entry, by_reference, awaited[entry.key]) for entry in accepted}
    counted = Counter(verdicts.values())
    twice = [e.key for e in accepted if len(e.references) > 1]
    twice += [end.reference for end in by_reference.values() if end.decisions > 1 or end.lines > 1]
    return Count(
        accepted=len(accepted),
        decided=sum(end.state == "DECIDED" for end in by_reference.values()),
        as_expected=counted["as_expected"],
        waiting=counted["waiting"],
        refused=sum(not entry.references for entry in ledger),
        lost=[key for key, verdict in verdicts.items() if verdict == "lost"],
        duplicated=twice,
        wrong=[key for key, verdict in verdicts.items() if verdict == "wrong"],
        unexpected=sorted(set(by_reference) - promised),
    )


def _verdict(entry: Entry, ends: Mapping[str, End], awaited: Expected) -> str:
    end = ends.get(entry.reference or "")
    if end is None or not end.next_step or end.state in _UNDER_WAY:
        return "lost"
    if entry.withdrawn:
        return "as_expected" if end.state == "WITHDRAWN" else "wrong"
    if _is_awaited(end, awaited):
        return "as_expected"
    return "waiting" if _waits_for_a_fault(end) else "wrong"


def _is_awaited(end: End, awaited: Expected) -> bool:
    if (end.state, end.reason) != (awaited.status, awaited.reason):
        return False
    return end.state != "DECIDED" or end.fee == (awaited.hourly_cents, awaited.monthly_cents)


def _waits_for_a_fault(end: End) -> bool:
    """Parked because the State did not answer, or started too often by processes that died."""
    parked = (end.state, end.reason) == ("PARKED", "provider_unavailable")
    return parked or end.state == "QUARANTINED"


def out_of_order(heard: Mapping[str, Sequence[tuple[int, str]]]) -> Sequence[str]:
    """The applications whose portal first heard of a later event before an earlier one.

    What it heard before may come again under the same id, at any time: a notifier that was thought
    dead sends what it held.
    """
    return [reference for reference, events in heard.items() if not _in_order(events)]


def _in_order(events: Sequence[tuple[int, str]]) -> bool:
    heard_first = dict.fromkeys(events)
    return all(before[0] < after[0] for before, after in pairwise(heard_first))


def untold(
    heard: Mapping[str, Sequence[tuple[int, str]]], events: Iterable[tuple[str, int, str]]
) -> Sequence[str]:
    """The events of the record that the portal never heard, by reference and sequence."""
    known = {(reference, *one) for reference, ones in heard.items() for one in ones}
    return [f"{one[0]} {one[1]}" for one in events if one not in known]


def plain(count: Count) -> Mapping[str, Any]:
    """The figures of a count."""
    return {
        "accepted": count.accepted,
        "decided": count.decided,
        "as_expected": count.as_expected,
        "waiting": count.waiting,
        "refused": count.refused,
        **{
            name: len(getattr(count, name))
            for name in ("lost", "duplicated", "wrong", "unexpected")
        },
    }
