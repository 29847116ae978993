"""The strikes: each fault of the plan at its time, and undone after its time."""

import asyncio
from collections.abc import Mapping, Sequence

import httpx

from tests.chaos.harming import Notes, Way
from tests.chaos.neighbours import Neighbours
from tests.chaos.plan import Fault, Kind
from tests.chaos.processes import Processes
from tests.chaos.receiver import Receiver
from tests.chaos.recovery import Harm
from tests.chaos.scene import Scene
from tests.chaos.servers import Servers


class Strikes:
    """Strikes; `harms` says what each fault had in its hands, `done` which struck."""

    def __init__(self, scene: Scene, receiver: Receiver, http: httpx.AsyncClient) -> None:
        notes = Notes(scene)
        neighbours = Neighbours(http, scene.stack.simulator_url, receiver)
        self._ways: Mapping[Kind, Way] = {
            **Processes(notes).ways(),
            **Servers(notes).ways(),
            **neighbours.ways(),
        }
        self.harms: list[Harm] = notes.harms
        self.done: list[Fault] = []

    async def all(self, faults: Sequence[Fault]) -> None:
        """Strike each at its time; returns once the last was undone."""
        loop = asyncio.get_running_loop()
        began = loop.time()
        async with asyncio.TaskGroup() as struck:
            for fault in sorted(faults, key=lambda one: one.at_s):
                await asyncio.sleep(max(0.0, began + fault.at_s - loop.time()))
                struck.create_task(self._one(fault))

    async def _one(self, fault: Fault) -> None:
        undo = await self._ways[fault.kind](fault)
        self.done.append(fault)
        await asyncio.sleep(fault.lasts_s)
        await undo()
