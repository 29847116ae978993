"""Incidents: what must not have happened during a run, read from processes and their logs."""

import json
from collections.abc import Iterator, Sequence
from pathlib import Path

from services.command.stack.events import Event, Happening

_SAYS_NOTHING = {Happening.STARTED}
_TRACE = "Traceback (most recent call last)"  # of a group of exceptions too, indented


def incidents(events: Sequence[Event], logs: Path) -> list[str]:
    """Processes that ended or were restarted unasked, and errors that were logged; in French."""
    ends = [
        f"« {event.name} » : {event.happening.value} (code {event.exit_code})"
        for event in events
        if event.happening not in _SAYS_NOTHING and not _asked(event, events)
    ]
    return ends + [f"« {name} » a journalisé une erreur : {what}" for name, what in _errors(logs)]


def _asked(event: Event, events: Sequence[Event]) -> bool:
    """Whether this is an end that was asked for, or the restart that follows one."""
    if event.happening is Happening.RESTARTED:
        before = [e for e in events if e.name == event.name and e.at <= event.at and e is not event]
        return bool(before) and before[-1].asked
    return event.asked


def _errors(logs: Path) -> Iterator[tuple[str, str]]:
    for file in sorted(logs.glob("*.log")):
        for line in file.read_text(encoding="utf-8", errors="replace").splitlines():
            what = _error_in(line)
            if what is not None:
                yield file.stem, what


def _error_in(line: str) -> str | None:
    try:
        entry = json.loads(line)
    except ValueError:
        return "une trace d'exception" if _TRACE in line else None
    if not isinstance(entry, dict) or entry.get("level") not in {"error", "critical"}:
        return None
    return str(entry.get("event"))
