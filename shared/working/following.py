"""Following: what a worker says of each application's step, in its log, its metrics and its trace.

The line `step.done` carries the application's correlation, as every other that is about it.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from time import perf_counter

import structlog

from shared.metering.instruments import DECIDED, MOVES, NO_REASON, STEPS
from shared.protocol.claiming import Held
from shared.protocol.saving import Move
from shared.states import Status, Step
from shared.tracing.spans import Span, span

_log = structlog.get_logger()
_PRICED = frozenset({Status.DECIDED, Status.PROPOSED})


class Following:
    """One application in one step, from its claim to its save."""

    def __init__(self, step: Step, held: Held, begun: Span) -> None:
        self._step = step
        self._held = held
        self._begun = begun

    def ends(self, move: Move, *, saved: bool) -> None:
        """Say what the step came to; what somebody else had taken meanwhile is no move."""
        held, reason = self._held, move.reason or NO_REASON
        self._begun.tell(status=move.now, reason=reason)
        _log.info(
            "step.done",
            step=self._step,
            application=held.reference,
            status=move.now,
            reason=move.reason,
            saved=saved,
        )
        if saved:
            MOVES.labels(self._step, move.now, reason).inc()
            if move.now in _PRICED and not held.before:  # a later version is a campaign's affair
                took = datetime.now(UTC) - held.received_at
                DECIDED.labels(held.lane).observe(took.total_seconds())


@contextmanager
def followed(step: Step, held: Held) -> Iterator[Following]:
    """Follow one application through the block."""
    began = perf_counter()
    try:
        with span(step, parent=held.trace, application=held.reference, lane=held.lane) as begun:
            yield Following(step, held, begun)
    finally:
        STEPS.labels(step).observe(perf_counter() - began)
