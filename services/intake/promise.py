"""The promise: what is accepted is looked up within so many hours; beyond that, portals come back.

What waits for a habilitation, divided by its pace, is how long a new application would wait. The
record is asked every few seconds by whichever request comes first; the others go by what it said.
A count of 400,000 takes some 0.3 s: it is kept for twenty times as long as it took.
"""

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from threading import Lock
from uuid import UUID

from sqlalchemy import Connection, text

_GOOD_FOR_S = 5.0
_TIMES_ITS_COST = 20
_MOST_HABILITATIONS = 1_000
_SOONEST_S = 60
_LATEST_S = 3_600  # what is beyond that is not counted either
_COUNT = text("""
    SELECT h.pace, (
        SELECT count(*) FROM (
            SELECT FROM applications a
            WHERE a.status = 'RECEIVED' AND a.lane IN ('now', 'bulk')
              AND a.authority_id = h.authority_id AND a.habilitation_id = h.id
              AND a.claim IS NULL AND a.due_at IS NOT NULL
              AND a.due_at <= now() + make_interval(secs => :promised_s)
            LIMIT CAST(h.pace AS bigint) * (:promised_s + :latest_s)
        ) waiting
    ) AS waiting
    FROM habilitations h WHERE h.id = :habilitation
""")


@dataclass(frozen=True, slots=True)
class Backlog:
    """What waits for one habilitation, and its pace in calls a second."""

    waiting: int
    pace: int

    def wait_s(self, promised_s: int) -> int:
        """Seconds after which another application can be promised; 0 when it can be now."""
        beyond = self.waiting - self.pace * promised_s
        if beyond <= 0:
            return 0
        return min(_LATEST_S, max(_SOONEST_S, -(-beyond // self.pace)))


_NOTHING = Backlog(waiting=0, pace=1)


class Promise:
    """What can still be promised; asks the record at most once in five seconds for each."""

    def __init__(self, *, promised_s: int, clock: Callable[[], float]) -> None:
        self._promised_s = promised_s
        self._clock = clock
        self._lock = Lock()
        self._known: OrderedDict[UUID, tuple[float, Backlog]] = OrderedDict()

    def wait_s(self, connection: Connection, habilitation: UUID) -> int:
        """Seconds after which a new application can be promised; 0 when it can be now."""
        if self._is_mine_to_count(habilitation):
            began = self._clock()
            backlog = self._count(connection, habilitation)
            cost_s = self._clock() - began
            self._keep(habilitation, backlog, for_s=max(_GOOD_FOR_S, _TIMES_ITS_COST * cost_s))
        with self._lock:
            _, backlog = self._known.get(habilitation, (0.0, _NOTHING))
        return backlog.wait_s(self._promised_s)

    def _is_mine_to_count(self, habilitation: UUID) -> bool:
        """Whether the count is old; if so, the next to ask goes by the old one meanwhile."""
        with self._lock:
            until, backlog = self._known.get(habilitation, (float("-inf"), _NOTHING))
            if self._clock() < until:
                return False
        self._keep(habilitation, backlog, for_s=_GOOD_FOR_S)
        return True

    def _keep(self, habilitation: UUID, backlog: Backlog, *, for_s: float) -> None:
        with self._lock:
            self._known[habilitation] = (self._clock() + for_s, backlog)
            self._known.move_to_end(habilitation)
            if len(self._known) > _MOST_HABILITATIONS:
                self._known.popitem(last=False)

    def _count(self, connection: Connection, habilitation: UUID) -> Backlog:
        values = {
            "habilitation": habilitation,
            "promised_s": self._promised_s,
            "latest_s": _LATEST_S,
        }
        row = connection.execute(_COUNT, values).one()
        return Backlog(row.waiting, row.pace)
