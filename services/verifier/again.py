"""Calling again: a call beyond the first about an application waits for a permit of its own.

What was begun is finished before more is begun, so its turn is that of those behind a screen; and
no stop holds it back, for the call that it follows may be the one that tries what was stopped.
"""

import asyncio
from collections.abc import Callable

from services.verifier.contract import MayCallAgain
from shared.queue.pace import Permits

_SHORTEST_WAIT_S = 0.01


def waiting(take: Callable[[], Permits], *, longest_s: float) -> MayCallAgain:
    """Waits for a permit, and says no when none would come within `longest_s` seconds."""

    async def may_call_again() -> bool:
        loop = asyncio.get_running_loop()
        end = loop.time() + longest_s
        while not (permits := await asyncio.to_thread(take)).given:
            if loop.time() + permits.wait_s > end:
                return False
            await asyncio.sleep(max(permits.wait_s, _SHORTEST_WAIT_S))
        return True

    return may_call_again
