"""A full Redis, on the real stack: what it takes no doorbell for is nowhere left marked as rung.

What it took before it was full it keeps, and gives to nobody: those doorbells are rung in truth.
"""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING

import pytest

from services.command.running import Choices
from shared.states import STEP_OF, Status

if TYPE_CHECKING:
    from tests.integration.whole.conftest import Start, Whole

pytestmark = [pytest.mark.stack, pytest.mark.redis_server]

LONG_CALLS = Choices(population=60, latency_ms=1_500, deadline_s=6.0)
_FAMILIES = 10
_SOON_S = 6.0  # a mark that nobody took away is believed for ten seconds
_HELD = "SELECT count(*) FROM applications WHERE claim IS NOT NULL"
_WAITING = "SELECT count(*) FROM applications WHERE status = :status AND claim IS NULL"
_MARKED = """
    SELECT id FROM applications WHERE status = :status AND claim IS NULL AND rung_at IS NOT NULL
"""


def test_a_full_redis_leaves_nothing_marked(whole: "Start") -> None:
    """Neither intake nor who saves says rung of what was not; with room again, all is settled."""
    with whole(LONG_CALLS) as stack, ExitStack() as run:
        with _full(stack):
            verdict = run.enter_context(stack.under_way(_FAMILIES))
            _none_marked(stack, Status.RECEIVED)
        stack.until(lambda: stack.one(_HELD) >= _FAMILIES // 2)
        with _full(stack):
            stack.until(lambda: stack.one(_HELD) == 0)
            _none_marked(stack, Status.VERIFIED)
        told = verdict.result()

    assert (0, 0) == (told.lost, told.wrong)


def _none_marked(stack: "Whole", status: Status) -> None:
    """Some wait in this state, and soon none of them is marked for whom Redis holds no doorbell."""
    stack.until(lambda: stack.one(_WAITING, status=status) > 0)
    stack.until(lambda: not _marked_in_vain(stack, status), within_s=_SOON_S)


def _marked_in_vain(stack: "Whole", status: Status) -> set[str]:
    marked = {str(id_) for id_ in stack.column(_MARKED, status=status)}
    return marked - set(stack.named_in_redis(STEP_OF[status]))


@contextmanager
def _full(stack: "Whole") -> Iterator[None]:
    """It answers looks and refuses writes."""
    most = stack.redis.config_get("maxmemory")["maxmemory"] or 0
    stack.redis.config_set("maxmemory", 1)
    try:
        yield
    finally:
        stack.redis.config_set("maxmemory", most)
