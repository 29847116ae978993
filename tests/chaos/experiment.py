"""The experiment: load and faults together, then calm, then the ledger against the end."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import httpx
from httpx_aiohttp import HttpxAiohttpClient

from services.command.demo.families import Family, some_of
from services.command.demo.oracle import expected
from services.command.stack.home import Home
from tests.chaos import ending, plan
from tests.chaos.finding import Finding, Seen, found
from tests.chaos.load import Load, Portals
from tests.chaos.receiver import receiving
from tests.chaos.scene import COPIES, Scene, scene, tell_at
from tests.chaos.stops import Stops
from tests.chaos.strikes import Strikes

PER_SECOND = 35.0
SETTLED_WITHIN_S = 180.0
_QUOTA = "429"  # stops a whole habilitation: the plan says when that is to happen


@dataclass(frozen=True, slots=True)
class Order:
    """What to try: families handed in at a pace, and faults, for so long."""

    seed: int
    seconds: float
    per_second: float = PER_SECOND
    every_s: float = plan.EVERY_S
    kinds: Sequence[plan.Kind] = tuple(plan.Kind)

    @property
    def families(self) -> int:
        """More than are handed in, for some are left out."""
        return int(self.per_second * self.seconds * 1.02) + 10


def run(order: Order, home: Home) -> Finding:
    """One experiment on a stack of its own in `home`."""
    with scene(home, order.seed, order.families) as running:
        return asyncio.run(_try(order, running))


async def _try(order: Order, scene: Scene) -> Finding:
    async with HttpxAiohttpClient(timeout=10.0, trust_env=False) as http, receiving() as receiver:
        await asyncio.to_thread(tell_at, scene, receiver.url)
        stack = scene.stack
        families = await _families(http, stack.simulator_url, order.families)
        portals = Portals(http, stack.intake_urls, stack.portal_key, scene.told_key)
        load = Load(portals, families, seed=order.seed)
        strikes, stops = Strikes(scene, receiver, http), Stops(scene.engine)
        watching = asyncio.create_task(stops.watch())
        await _together(order, load, strikes)
        settled_s = await ending.settled(scene, within_s=SETTLED_WITHIN_S)
        await asyncio.to_thread(tell_at, scene, receiver.url)  # what waited goes at once
        await ending.told(scene, within_s=SETTLED_WITHIN_S)
        watching.cancel()
        ends = await ending.ends(scene, portals)
        seen = Seen(load.ledger, ends, _awaited(load), strikes, stops.spans, receiver, settled_s)
        return await asyncio.to_thread(found, scene, seen, _asked(order))


async def _together(order: Order, load: Load, strikes: Strikes) -> None:
    faults = plan.plan(
        order.seed, order.seconds, copies=COPIES, every_s=order.every_s, kinds=order.kinds
    )
    async with asyncio.TaskGroup() as together:
        together.create_task(load.run(per_second=order.per_second, seconds=order.seconds))
        together.create_task(strikes.all(faults))


def _awaited(load: Load) -> Mapping[str, Any]:
    today = datetime.now(UTC).date()
    return {entry.key: expected(entry.family, today) for entry in load.ledger}


def _asked(order: Order) -> Mapping[str, Any]:
    return {"seed": order.seed, "seconds": order.seconds}


async def _families(http: httpx.AsyncClient, url: str, wanted: int) -> Sequence[Family]:
    found = await some_of(http, url, wanted)
    return [family for family in found if _QUOTA not in family["truth"]["faults"]]
