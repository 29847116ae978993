"""A scene: the whole stack with its console, and what journeys find in it."""

import json
import random
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from typing import Any
from uuid import uuid4

import httpx
from sqlalchemy import Engine, text
from typer.testing import CliRunner

from services.command.__main__ import app
from services.command.demo.families import known_to, named
from services.command.running import Choices, Running, running
from services.command.stack.home import Home
from services.intake.examples import APPLICATION
from shared.people import register, sessions
from shared.people.links import link_for
from shared.people.register import Newcomer, Person
from shared.roles import AT_THE_DOOR, Role
from shared.store.engine import open_engine
from shared.store.scoping import heed_scopes, seen_by
from tests.integration.journeys.neighbours import neighbours
from tests.integration.journeys.walk import Console

CHOICES = Choices(population=200, console=True, pace=60, first_retry_s=1.0)
_PATIENCE_S = 60.0
_LONG_S = 300.0
_NAMES = {
    Role.AGENT: "Zoé Marchetti",
    Role.SUPERVISOR: "Amadou Lô",
    Role.OPS: "Camille Vidal",
    Role.DPO: "Nour Haddad",
}
_RATES = "UPDATE portals SET requests_per_minute = 100000"
_SCHEME = """
    SELECT u.code || '/' || s.code FROM schemes s JOIN authorities u ON u.id = s.authority_id
"""
_RESUME = "DELETE FROM switches WHERE name LIKE 'provider:%' OR name LIKE 'queue:%'"
_UNDER_WAY = """
    SELECT (SELECT count(*) FROM applications WHERE status IN ('RECEIVED', 'VERIFIED'))
         + (SELECT count(*) FROM bulk_actions WHERE state = 'running')
         + (SELECT count(*) FROM campaigns WHERE state = 'running')
"""
_BEATS = "SELECT max(alive_until) FROM workers WHERE service = 'scheduler'"
_QUARANTINE = """
    UPDATE applications SET status = 'QUARANTINED', reason = 'never_finished', starts = 5,
           due_at = NULL, claim = NULL, claimed_by = NULL, claimed_at = NULL
    WHERE reference = :reference
"""


@dataclass(frozen=True)
class Scene:
    """A running stack, and what a test does to it beside the browser."""

    stack: Running
    engine: Engine
    doorway: Engine
    http: httpx.Client
    consoles: Mapping[Console, str]
    people: dict[Role, Person] = field(default_factory=dict)
    came: list[Mapping[str, Any]] = field(default_factory=list)

    @property
    def url(self) -> str:
        return self.consoles[Console.OWN]

    def person(self, role: Role) -> Person:
        """The one person of this role, for every authority."""
        if role not in self.people:
            with self._at_the_door() as connection:
                newcomer = Newcomer(f"{role}.essai", _NAMES[role], role, None)
                self.people[role] = register.add(connection, newcomer, by="test")
        return self.people[role]

    def link(self, role: Role) -> str:
        """A fresh link that signs this role in."""
        person, now = self.person(role), datetime.now(UTC)
        with self._at_the_door() as connection:
            return link_for(connection, person, console=self.url, now=now, by="test")

    def session(self, role: Role) -> str:
        """A session's token, for what does not try the door; a provider knows of it too."""
        person, now = self.person(role), datetime.now(UTC)
        with self._at_the_door() as connection:
            return sessions.begin(connection, person, means="link", now=now, id_token="essai")

    def hand_in(self, families: Sequence[Mapping[str, Any]]) -> list[str]:
        """Families post, all in one batch; their references."""
        rows = {"applications": [{"application": family} for family in families]}
        answer = self._post("/v1/applications:batch", rows)
        return [row["receipt"]["reference"] for row in answer["rows"]]

    def hand_in_one(self, family: Mapping[str, Any]) -> str:
        """A family posts, from behind a screen; its reference."""
        reference: str = self._post("/v1/applications", family)["reference"]
        return reference

    def known(self) -> dict[str, Mapping[str, Any]]:
        """Families whom the State knows, by what becomes of them: `nominal-1`."""
        return dict(named(known_to(self.stack.simulator_url)))

    def newcomers(self, how_many: int) -> list[Mapping[str, Any]]:
        """Families who will be decided, and have not handed anything in yet."""
        plain = [family for name, family in self.known().items() if name.startswith("nominal-")]
        chosen = [family for family in plain if family not in self.came][:how_many]
        assert how_many == len(chosen), "no family is left: a larger population"
        self.came.extend(chosen)
        return chosen

    def resume_everything(self) -> None:
        """As an end: nothing stays paused or under way for whoever comes next."""
        with self.engine.begin() as connection:
            connection.execute(text(_RESUME))
        self.until(lambda: self.one(_UNDER_WAY) == 0, within_s=_LONG_S)

    def calls(self) -> int:
        """How many calls the State has answered."""
        told = self.http.get(f"{self.stack.simulator_url}/calls").raise_for_status().json()
        return int(told["total"])

    def quarantine(self, reference: str) -> None:
        """As when it was begun five times and never finished."""
        with self.engine.begin() as connection:
            connection.execute(text(_QUARANTINE), {"reference": reference})

    def berceau(self, *words: str) -> dict[str, Any]:
        """What the command says, as JSON."""
        ended = CliRunner(env=dict(self.stack.env)).invoke(app, [*words, "--json"])
        assert 0 == ended.exit_code, ended.output
        told: dict[str, Any] = json.loads(ended.stdout)
        return told

    def start_campaign(self) -> dict[str, Any]:
        """Every decision is priced again from today; what the command says of it."""
        scheme = self.one(_SCHEME)
        today = datetime.now(UTC).date().isoformat()
        on = ("--scheme", scheme, "--on", today, "--upcoming", "--ground", "error")
        return self.berceau("campaign", "start", *on, "--yes")

    def one(self, query: str, **values: Any) -> Any:
        """The first column of the first row; None when there is none."""
        with self.engine.connect() as connection:
            return connection.execute(text(query), values).scalar()

    def settled(self, references: Sequence[str]) -> None:
        """Wait until nothing is due of these."""
        due = """
            SELECT count(*) FROM applications
            WHERE reference = ANY(:refs) AND status IN ('RECEIVED', 'VERIFIED')
        """
        self.until(lambda: self.one(due, refs=list(references)) == 0)

    def while_the_scheduler_beats(self, times: int) -> None:
        """Let the scheduler go round: whatever it would do meanwhile, it did."""
        for _ in range(times):
            self.until(partial(self._has_beaten, since=self.one(_BEATS)))

    @staticmethod
    def until(look: Callable[[], Any], *, within_s: float = _PATIENCE_S) -> Any:
        """What `look` gives once it gives something."""
        deadline = time.monotonic() + within_s
        while not (seen := look()):
            assert time.monotonic() < deadline, "it never happened"
            time.sleep(0.05)
        return seen

    def _has_beaten(self, *, since: datetime) -> bool:
        beat: bool = self.one(_BEATS) > since
        return beat

    def _post(self, path: str, content: object) -> Any:
        headers = {
            "Authorization": f"Bearer {self.stack.portal_key}",
            "Idempotency-Key": uuid4().hex,
        }
        answer = self.http.post(f"{self.stack.intake_url}{path}", json=content, headers=headers)
        return answer.raise_for_status().json()

    @contextmanager
    def _at_the_door(self) -> Iterator[Any]:
        with seen_by(self.doorway, AT_THE_DOOR).begin() as connection:
            yield connection


@contextmanager
def scene(home: Home) -> Iterator[Scene]:
    """Start everything, and stop everything at the end of the block."""
    with (
        running(home, CHOICES) as stack,
        neighbours(stack) as consoles,
        httpx.Client(timeout=60, trust_env=False) as http,
    ):
        engine = open_engine(stack.database_url, name="journeys", connections=2)
        doorway = heed_scopes(open_engine(stack.database_url, name="doorway", connections=1))
        try:
            with engine.begin() as connection:
                connection.execute(text(_RATES))
            yield Scene(stack, engine, doorway, http, consoles)
        finally:
            engine.dispose()
            doorway.dispose()


def strangers(how_many: int, *, family: str) -> list[Mapping[str, Any]]:
    """Invented families of this name whom the State does not know: an agent looks at each."""
    return [_stranger(f"{family} {_letters(number)}") for number in range(how_many)]


def unheard_of() -> str:
    """A name that no other test uses."""
    return _letters(random.randrange(10**7, 10**8))


def _stranger(name: str) -> Mapping[str, Any]:
    both = {who: {**APPLICATION[who], "birth_name": name} for who in ("child", "applicant")}
    return {**APPLICATION, **both}


def _letters(number: int) -> str:
    return "".join("ABCDEFGHIJ"[int(digit)] for digit in str(number)).title()
