"""The finding: figures of one experiment, and by name whatever is not as it must be."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Engine, text

from services.command.demo.oracle import Expected
from services.command.stack.events import Happening
from shared.watching.auditing import audit
from tests.chaos import checker, ending, plan, recovery
from tests.chaos.checker import End
from tests.chaos.load import Entry
from tests.chaos.receiver import Receiver
from tests.chaos.recovery import Recovery
from tests.chaos.scene import Scene
from tests.chaos.stops import Span
from tests.chaos.strikes import Strikes

LEAST_AS_EXPECTED = 0.9
_SLOW_S = 15.0
_KILLS = {kind for kind in plan.Kind if kind.value.startswith("kill_")}
_TRAIL = text("""
    SELECT at, actor, was, now, reason FROM journal WHERE application_id = :id ORDER BY sequence
""")


@dataclass(frozen=True, slots=True)
class Seen:
    """All that an experiment saw."""

    ledger: Sequence[Entry]
    ends: Sequence[End]
    awaited: Mapping[str, Expected]
    strikes: Strikes
    stops: Sequence[Span]
    receiver: Receiver
    settled_s: float | None


@dataclass(frozen=True, slots=True)
class Finding:
    """A line of figures; what was not as it must be, by name; and the trail of what was slow."""

    figures: Mapping[str, Any]
    faults: Sequence[str]
    slow: Sequence[str]

    @property
    def sound(self) -> bool:
        """Nothing lost, doubled, wrong, unexpected, untold or disordered; most as expected."""
        enough = LEAST_AS_EXPECTED * self.figures["accepted"]
        return not self.faults and bool(self.figures["as_expected"] >= enough)


def found(scene: Scene, seen: Seen, asked: Mapping[str, Any]) -> Finding:
    """What an experiment comes to."""
    count = checker.compare(seen.ledger, seen.ends, seen.awaited)
    events, journal = ending.events(scene), audit(scene.engine)
    untold = checker.untold(seen.receiver.heard, events)
    disorder = checker.out_of_order(seen.receiver.heard)
    waits = recovery.recoveries(scene.engine, seen.strikes.harms, seen.stops)
    named = {
        "lost": count.lost,
        "duplicated": count.duplicated,
        "wrong": count.wrong,
        "unexpected": count.unexpected,
        "untold": untold,
        "out of order": disorder,
        "journal": [str(fault) for fault in journal.line_faults],
    }
    figures = {
        **asked,
        **checker.plain(count),
        "events": len(events),
        "events_untold": len(untold),
        "events_out_of_order": len(disorder),
        "journal_faulty": journal.faulty,
        **_of_faults(scene, seen.strikes),
        **_of_recovery(waits),
        "settled_s": seen.settled_s and round(seen.settled_s, 1),
    }
    faults = [f"{what}: {one}" for what, ones in named.items() for one in ones]
    return Finding(figures, faults, [*_trails(scene.engine, waits)])


def _of_faults(scene: Scene, strikes: Strikes) -> Mapping[str, Any]:
    events = scene.stack.supervisor.events
    return {
        "faults": plan.counted(strikes.done),
        "faults_in_all": len(strikes.done),
        "ended_unasked": sum(e.happening is Happening.ENDED and not e.asked for e in events),
    }


def _of_recovery(waits: Sequence[Recovery]) -> Mapping[str, Any]:
    kills = [w for w in waits if w.kind in _KILLS]
    return {"recovery": recovery.told(waits), "recovery_p99_s": _p99(kills)}


def _p99(waits: Sequence[Recovery]) -> float | None:
    p99 = recovery.percentile([one.seconds for one in waits if one.seconds is not None], 0.99)
    return p99 and round(p99, 1)


def _trails(engine: Engine, waits: Sequence[Recovery]) -> Sequence[str]:
    """The way of each application that a slow recovery waited for."""
    slow = [one for one in waits if one.seconds is None or one.seconds > _SLOW_S]
    lines = []
    with engine.connect() as connection:
        for one in slow:
            lines.append(f"slow: {one}")
            lines += [f"  {tuple(row)}" for row in connection.execute(_TRAIL, {"id": one.last})]
    return lines
