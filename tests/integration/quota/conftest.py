"""Verifiers and a scheduler as processes, beside the simulator with the State's real limits."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import UUID, uuid4

import httpx
import pytest
from redis import Redis
from sqlalchemy import insert

from services.command.founding import Founded, found
from services.command.stack.ports import HOST, reserve
from shared.application import Application
from shared.sealing import DataKey
from shared.states import Lane
from shared.store.places import application_place
from shared.store.tables import ApplicationKeyRow, ApplicationRow
from tests.integration.conftest import a_plan

if TYPE_CHECKING:
    from tests.conftest import Database
    from tests.integration.conftest import Record

_FAMILIES = 400
_STATUSES = "SELECT status, count(*) FROM applications GROUP BY status"
_DONE = """
    SELECT count(*) FROM applications
    WHERE authority_id = :town AND lane = 'bulk' AND status <> 'RECEIVED'
"""
_WAITED = """
    SELECT extract(epoch FROM max(moved_at - received_at)) FROM applications
    WHERE lane = 'now' AND status <> 'RECEIVED'
"""


@dataclass
class State:
    """The State as simulated, the verifiers that call it, and the record between them."""

    record: "Record"
    redis: Redis
    url: str
    env: dict[str, str]
    log: Path
    processes: ExitStack
    families: list[Application] = field(default_factory=list)
    towns: dict[str, Founded] = field(default_factory=dict)

    def start(self, service: str, *options: str, copies: int = 1) -> None:
        """Start processes, ended with the test."""
        for _ in range(copies):
            argv = [sys.executable, "-m", f"services.{service}", *options]
            log = self.processes.enter_context(self.log.open("ab"))
            process = subprocess.Popen(argv, env=self.env, stdout=log, stderr=log)
            self.processes.callback(process.wait)
            self.processes.callback(process.kill)

    def town(self, code: str) -> Founded:
        """An authority with a habilitation and a token of its own."""
        plan = a_plan(code)
        access = replace(plan.access, token=f"token-{code}")
        self.towns[code] = found(self.record.engine, self.record.ring, replace(plan, access=access))
        return self.towns[code]

    def enrol(self, town: Founded, how_many: int, *, lane: Lane) -> list[UUID]:
        """Applications of families that the State knows, due now, sealed as intake seals them."""
        at, rows, keys = datetime.now(UTC), [], []
        for number in range(how_many):
            id_, key = uuid4(), DataKey.new()
            wrapped = self.record.ring.wrap(key)
            body = self.families[number % len(self.families)].model_dump_json().encode()
            sealed = key.seal(body, place=application_place(id_))
            row = self.record._row(id_, sealed=sealed, lane=lane, due_at=at)
            rows.append(row | _of(town))
            keys.append(
                {"application_id": id_, "ring_key": wrapped.ring_key, "wrapped": wrapped.wrapped}
            )
        with self.record.engine.begin() as connection:
            connection.execute(insert(ApplicationRow), rows)
            connection.execute(insert(ApplicationKeyRow), keys)
        return [row["id"] for row in rows]

    def calls(self) -> dict[str, Any]:
        """What the simulator counted."""
        counts: dict[str, Any] = httpx.get(f"{self.url}/calls", trust_env=False).json()
        return counts

    def tightest(self, window: str) -> int:
        """Most calls in any window of this length, wherever it begins."""
        most: int = self.calls()["tightest"]["particulier"][window]
        return most

    def fullest_second(self) -> int:
        """Most calls in a second as the State counts them: its windows are those of the clock."""
        most: int = self.calls()["per_second_max"]
        return most

    def throw(self, **switches: Any) -> None:
        """Throw a switch of the simulator."""
        httpx.post(f"{self.url}/faults", json=switches, trust_env=False).raise_for_status()

    def standing(self) -> dict[str, int]:
        """How many applications stand in each status."""
        return {row.status: row.count for row in self.record.rows(_STATUSES)}

    def done_of(self, town: Founded) -> int:
        """How many of a town's queued applications have been answered."""
        count: int = self.record.one(_DONE, town=town.authority)
        return count

    def longest_wait(self) -> float:
        """Seconds that the unluckiest interactive application waited to be verified."""
        return float(self.record.one(_WAITED) or 0)

    def until(self, look: Callable[[], Any], *, within_s: float) -> Any:
        """What `look` gives once it gives something."""
        deadline = time.monotonic() + within_s
        while not (seen := look()):
            assert time.monotonic() < deadline, self.log.read_text()[-2_000:]
            time.sleep(0.05)
        return seen


def _of(town: Founded) -> dict[str, UUID]:
    """The columns that say whose an application is."""
    return {
        "authority_id": town.authority,
        "portal_id": town.portal,
        "scheme_id": town.scheme,
        "structure_id": town.structures["les-mesanges"],
        "habilitation_id": town.habilitation,
    }


@pytest.fixture
def state(
    record: "Record", migrated: "Database", redis_url: str, tmp_path: Path
) -> Iterator[State]:
    """The simulator with 20 calls a second and 1,000 a minute, and two towns; nobody calls yet."""
    port = reserve()
    url = f"http://{HOST}:{port.number}"
    record.ring.write(tmp_path / "ring.json")
    tokens = tmp_path / "tokens.json"
    tokens.write_text(json.dumps({f"token-{code}": {} for code in ("beaune", "saintes")}))
    env = {
        **{name: value for name, value in os.environ.items() if not name.startswith("BERCEAU_")},
        "BERCEAU_DATABASE_URL": migrated.service_url,
        "BERCEAU_REDIS_URL": redis_url,
        "BERCEAU_REDIS_NAMESPACE": "test",
        "BERCEAU_KEY_RING_FILE": str(tmp_path / "ring.json"),
        "BERCEAU_PROVIDER_URL": url,
        "BERCEAU_PROVIDER_FIRST_RETRY_S": "2",
        "BERCEAU_MAINTENANCE": "false",
    }
    with ExitStack() as processes, Redis.from_url(redis_url) as redis:
        state = State(record, redis, url, env, tmp_path / "log", processes)
        port.release()
        figures = {"port": port.number, "population": _FAMILIES * 2, "latency-ms": 50}
        state.start(
            "simulator",
            *(f"--{name}={value}" for name, value in figures.items()),
            "--no-windows",
            f"--token-file={tokens}",
        )
        state.until(lambda: _is_up(url), within_s=60)
        state.families.extend(_known(url))
        yield state


def _is_up(url: str) -> bool:
    try:
        return httpx.get(f"{url}/api/ping", trust_env=False).is_success
    except httpx.TransportError:
        return False


def _known(url: str) -> Iterator[Application]:
    """Families about whom the simulator answers plainly; the scheme and nursery are ours."""
    for offset in range(0, _FAMILIES * 2, 200):
        asked = httpx.get(f"{url}/population", params={"offset": offset, "limit": 200})
        for family in asked.raise_for_status().json():
            if family["truth"]["kind"] == "nominal":
                yield Application.model_validate(
                    {**family["enrolment"], "structure": "les-mesanges"}
                )
