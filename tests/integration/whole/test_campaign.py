"""A campaign on the real stack: whatever is killed, each decision is priced again once."""

import asyncio
import json
import os
import signal
import statistics
import sys
import time
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import UUID, uuid4

import httpx
import pytest
from sqlalchemy import insert, make_url, text
from typer.testing import CliRunner

from services.command.__main__ import app
from services.command.demo.families import some_of
from services.command.demo.portal import Portal
from services.command.running import Choices
from services.command.stack import roles
from services.command.stack.credentials import credentials
from services.tariff.engine.record import replay
from services.tariff.language.national import load_national_scale
from shared.application import Application
from shared.canonical import canonical_json, digest
from shared.sealing import DataKey, KeyRing, WrappedKey
from shared.states import Lane, Status
from shared.store.engine import open_engine
from shared.store.places import application_place, decision_place
from shared.store.tables import ApplicationKeyRow, ApplicationRow

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from tests.integration.following import Follow
    from tests.integration.whole.conftest import Start, Whole

pytestmark = pytest.mark.stack

_PAGE = Path(__file__).parents[3] / "docs" / "how-to" / "reprice-a-year.md"
_PATH = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
_IN_FORCE = "SELECT count(*) FROM decisions WHERE campaign_id IS NOT NULL AND NOT proposed"
_FIELDS = set(Application.model_fields)
_LESS_CENTS = 100_000
_DECISIONS = text("""
    SELECT d.id, d.application_id, d.sealed, d.sealed_digest, k.ring_key, k.wrapped
    FROM decisions d JOIN applications a ON a.id = d.application_id
    JOIN application_keys k ON k.application_id = d.application_id
    WHERE a.status = 'DECIDED' AND d.id > :after ORDER BY d.id LIMIT 500
""")
_REWRITE = text("UPDATE decisions SET sealed = :sealed, sealed_digest = :digest WHERE id = :id")
_AS_TOLD = text("""
    UPDATE journal SET evidence = :digest WHERE application_id = :application AND evidence = :was
""")
_ONE_BYTE = text("""
    UPDATE decisions d SET sealed = set_byte(d.sealed, 40, get_byte(d.sealed, 40) # 1)
    FROM applications a WHERE a.id = d.application_id
      AND d.id = (SELECT id FROM decisions WHERE campaign_id IS NOT NULL ORDER BY id LIMIT 1)
    RETURNING a.reference, d.version
""")
_ALIVE = """
    SELECT pid FROM workers WHERE service = :service AND alive_until > now() AND pid <> ALL(:killed)
    ORDER BY started_at LIMIT 1
"""
_LINES = """
    SELECT count(*) FROM journal WHERE application_id = m.application_id
"""
_NOT_ONCE = f"""
    SELECT count(*) FROM campaign_members m JOIN campaigns c ON c.id = m.campaign_id
    JOIN applications a ON a.id = m.application_id
    WHERE m.left_out IS NULL AND a.status = 'DECIDED' AND (
        (SELECT count(*) FROM decisions d
         WHERE d.application_id = m.application_id AND d.campaign_id = c.id) <> 1
        OR ({_LINES} AND actor = 'campaign:' || c.code) <> 1
        OR ({_LINES} AND was = 'RECEIVED' AND now = 'VERIFIED' AND at > c.started_at) <> 1
        OR ({_LINES} AND was = 'VERIFIED' AND now = 'DECIDED' AND at > c.started_at) <> 1)
"""  # noqa: S608 - constants
_FED = "SELECT count(*) FROM campaign_members WHERE fed_at IS NOT NULL AND left_out IS NULL"
_THROUGH = """
    SELECT count(*) FROM campaign_members m JOIN applications a ON a.id = m.application_id
    WHERE m.left_out IS NULL AND a.status = 'DECIDED' AND a.campaign_id = m.campaign_id
"""
_STANDS = """
    SELECT string_agg(status || ' ' || n, ', ' ORDER BY status) FROM (
        SELECT a.status, count(*) AS n FROM campaign_members m
        JOIN applications a ON a.id = m.application_id WHERE m.left_out IS NULL GROUP BY a.status
    ) stands
"""


def test_the_how_to_is_followed_while_all_who_price_die(
    whole: "Start", follow: "Follow", tmp_path: Path
) -> None:
    """Sixty families; kill -9 of a verifier, a tariff worker, a scheduler: each priced once."""
    with whole(Choices(population=60, copies={"scheduler": 2}, pace=20, latency_ms=50)) as stack:
        _decide(stack, 60)
        with ThreadPoolExecutor(1) as pool:
            killing = pool.submit(_kill_each, stack)
            env = {**stack.stack.env, "SCHEME": _scheme(stack), "ON": _today(), "PATH": _PATH}
            follow(_PAGE, env=env, cwd=tmp_path)
            killing.result()

        assert ("finished", 0) == (stack.one("SELECT state FROM campaigns"), stack.one(_NOT_ONCE))
        members = stack.one("SELECT count(*) FROM campaign_members WHERE left_out IS NULL")
        new = stack.one("SELECT count(*) FROM decisions WHERE campaign_id IS NOT NULL")
        letters = (tmp_path / "lettres.txt").read_text("utf-8").split()
        assert 15 <= new <= members
        assert members == len((tmp_path / "rapport.csv").read_text("utf-8").splitlines()) - 1
        assert len(letters) == stack.one(_IN_FORCE)
        _every_decision_replays_until_a_byte_changes(stack)


@pytest.mark.prove
def test_five_thousand_decisions_are_priced_again_each_once(whole: "Start") -> None:
    """Kills of everybody all along, a pause that holds, and nobody at a screen who waits for it."""
    copies = dict.fromkeys(("verifier", "tariff", "scheduler"), 2)
    with whole(Choices(population=6_540, copies=copies, pace=100, latency_ms=50)) as stack:
        _plant(stack, 6_500)
        _lower_resources(stack)
        began = time.monotonic()
        started = _start(stack)
        assert started["members"] >= 5_000
        waits = _interactive(stack, 6_500, 40)
        for _ in range(4):
            _kill_each(stack)
            time.sleep(3)
        _pause_holds(stack, started["code"])
        _until_finished(stack, started["code"], within_s=600)
        took = time.monotonic() - began

        assert 0 == stack.one(_NOT_ONCE)
        assert started["members"] == stack.one(_FED)
        assert started["members"] == stack.one(_THROUGH)
        _tell(stack, started["members"], took, waits)
        _every_decision_replays_until_a_byte_changes(stack)
        assert statistics.median(waits) < 5


def _kill_each(stack: "Whole") -> None:
    for service in ("verifier", "tariff", "scheduler"):
        _kill(stack, service)


def _tell(stack: "Whole", members: int, took: float, waits: list[float]) -> None:
    """The figures of docs/reference/proofs.md."""
    new = stack.one("SELECT count(*) FROM decisions WHERE campaign_id IS NOT NULL")
    figures = {
        "members": members,
        "seconds": round(took),
        "killed": len(stack.killed),
        "new_decisions": new,
        "stands": stack.one(_STANDS),
        "interactive_median_s": round(statistics.median(waits), 2),
        "interactive_longest_s": round(max(waits), 2),
    }
    print(json.dumps(figures))  # noqa: T201 - its figures are the proof


def _decide(stack: "Whole", how_many: int) -> None:
    """Families hand in and are decided; then their decisions are as those of a year before."""
    with stack.under_way(how_many, settle_within_s=120) as verdict:
        pass
    assert (0, 0) == (verdict.result().lost, verdict.result().wrong)
    _lower_resources(stack)


def _plant(stack: "Whole", how_many: int) -> None:
    """As if intake had received them all at once; the workers decide them."""
    ring = KeyRing.read(Path(stack.stack.env["BERCEAU_KEY_RING_FILE"]))
    families = asyncio.run(_families(stack, 0, how_many))
    for first in range(0, how_many, 500):
        rows = [_received(stack, ring, family) for family in families[first : first + 500]]
        with stack.engine.begin() as connection:
            connection.execute(insert(ApplicationRow), [row for row, _ in rows])
            connection.execute(insert(ApplicationKeyRow), [key for _, key in rows])
    due = "SELECT count(*) = 0 FROM applications WHERE due_at <= now() + interval '1 minute'"
    stack.until(lambda: stack.one(due), within_s=900)


def _received(
    stack: "Whole", ring: KeyRing, family: Mapping[str, Any]
) -> tuple[dict[str, Any], dict[str, Any]]:
    """The rows of an application as intake would have written it, and of its key."""
    application = Application.model_validate(
        {name: value for name, value in family["enrolment"].items() if name in _FIELDS}
    )
    id_, key, founded = uuid4(), DataKey.new(), stack.stack.founded
    wrapped = ring.wrap(key)
    body = application.model_dump_json().encode()
    row = {
        "id": id_,
        "reference": f"P-{id_}",
        "authority_id": founded.authority,
        "portal_id": founded.portal,
        "scheme_id": founded.scheme,
        "structure_id": founded.structures[application.structure],
        "habilitation_id": founded.habilitation,
        "same_application": id_.bytes,
        "sealed": key.seal(body, place=application_place(id_)),
        "status": Status.RECEIVED,
        "lane": Lane.NOW,
        "due_at": datetime.now(UTC),
    }
    return row, {"application_id": id_, "ring_key": wrapped.ring_key, "wrapped": wrapped.wrapped}


def _lower_resources(stack: "Whole") -> None:
    """The decisions as if the resources had been lower, so that each is to change."""
    owner = open_engine(_owner_url(stack), name="test-owner", connections=1)
    ring = KeyRing.read(Path(stack.stack.env["BERCEAU_KEY_RING_FILE"]))
    try:
        with owner.begin() as connection:
            _lower(connection, ring)
    finally:
        owner.dispose()


def _owner_url(stack: "Whole") -> str:
    """What migrations run as: decisions are append-only for everybody else."""
    kept = stack.stack.home.folder("secrets") / "postgres.json"
    url = make_url(stack.stack.database_url)
    owner = url.set(username=roles.OWNER, password=credentials(kept).owner)
    return owner.render_as_string(hide_password=False)


def _lower(connection: "Connection", ring: KeyRing) -> None:
    after = UUID(int=0)
    while rows := connection.execute(_DECISIONS, {"after": after}).all():
        lowered = [_lowered(row, ring) for row in rows]
        connection.execute(_REWRITE, lowered)
        connection.execute(_AS_TOLD, lowered)
        after = rows[-1].id


def _lowered(row: Any, ring: KeyRing) -> Mapping[str, Any]:
    key = ring.unwrap(WrappedKey(row.ring_key, row.wrapped))
    place = decision_place(row.application_id)
    content = json.loads(key.open(row.sealed, place=place))
    content["record"] = _on_less(content["record"])
    sealed = key.seal(canonical_json(content), place=place)
    return {
        "id": row.id,
        "application": row.application_id,
        "was": row.sealed_digest,
        "sealed": sealed,
        "digest": digest(sealed),
    }


def _on_less(record: dict[str, Any]) -> dict[str, Any]:
    """The record that the engine would have written on lower resources."""
    record["inputs"]["annual_resources_cents"]["value"] -= _LESS_CENTS
    tariff = load_national_scale().version(record["tariff"]["version"])
    again: dict[str, Any] = json.loads(replay(record, tariff))
    return again


def _verify(stack: "Whole") -> tuple[int, dict[str, Any]]:
    """What `berceau decision verify` ends with, and finds."""
    words = ["decision", "verify", "--json"]
    ended = CliRunner(env=dict(stack.stack.env)).invoke(app, words)
    found: dict[str, Any] = json.loads(ended.stdout)
    return ended.exit_code, found


def _every_decision_replays_until_a_byte_changes(stack: "Whole") -> None:
    """All of them are as they were written; then one stored byte changes, and is named."""
    code, found = _verify(stack)
    assert (0, 0) == (code, found["faulty"])
    assert stack.one("SELECT count(*) FROM decisions") == found["recomputed"]

    owner = open_engine(_owner_url(stack), name="test-owner", connections=1)
    try:
        with owner.begin() as connection:
            changed = connection.execute(_ONE_BYTE).one()
    finally:
        owner.dispose()
    code, found = _verify(stack)
    [fault] = found["faults"]
    assert (1, 1) == (code, found["faulty"])
    assert tuple(changed) == (fault["reference"], fault["version"])
    assert "bytes" == fault["kind"]


def _start(stack: "Whole") -> dict[str, Any]:
    """From today, or from the first day of a care that is yet to begin."""
    on = ("--scheme", _scheme(stack), "--on", _today(), "--upcoming", "--ground", "error")
    told = _berceau(stack, "campaign", "start", *on, "--yes", "--json")
    started: dict[str, Any] = json.loads(told)
    return started


def _scheme(stack: "Whole") -> str:
    scheme: str = stack.one(
        "SELECT u.code || '/' || s.code FROM schemes s JOIN authorities u ON u.id = s.authority_id"
    )
    return scheme


def _today() -> str:
    return datetime.now(UTC).date().isoformat()


def _berceau(stack: "Whole", *words: str) -> str:
    ended = CliRunner(env=dict(stack.stack.env)).invoke(app, list(words))
    assert 0 == ended.exit_code, ended.output
    return ended.stdout


def _kill(stack: "Whole", service: str) -> None:
    """kill -9 one that lives, while members are under way."""
    stack.until(lambda: stack.one("SELECT count(*) FROM applications WHERE lane = 'bulk'"))
    pid = stack.until(lambda: stack.one(_ALIVE, service=service, killed=stack.killed))
    os.kill(pid, signal.SIGKILL)
    stack.killed.append(pid)


def _interactive(stack: "Whole", offset: int, how_many: int) -> list[float]:
    """Seconds from reception to a settled state, of families who hand in during the campaign."""
    references = asyncio.run(_hand_in(stack, offset, how_many))
    open_ = "SELECT count(*) FROM applications WHERE reference = ANY(:refs) AND due_at IS NOT NULL"
    stack.until(lambda: stack.one(open_, refs=references) == 0, within_s=60)
    with stack.engine.connect() as connection:
        took = "SELECT moved_at - received_at FROM applications WHERE reference = ANY(:refs)"
        waits = connection.execute(text(took), {"refs": references}).scalars()
        return [wait.total_seconds() for wait in waits]


async def _hand_in(stack: "Whole", offset: int, how_many: int) -> list[str]:
    families = await _families(stack, offset, how_many)
    async with httpx.AsyncClient(timeout=30, trust_env=False) as http:
        portal = Portal(http, intake_url=stack.stack.intake_url, key=stack.stack.portal_key)
        handed = [
            await portal.submit(family["enrolment"], key=f"screen-{offset}-{n}")
            for n, family in enumerate(families)
        ]
    return [reference for reference in handed if reference is not None]


async def _families(stack: "Whole", offset: int, how_many: int) -> list[Mapping[str, Any]]:
    """Families of the simulator, in its order."""
    async with httpx.AsyncClient(timeout=60, trust_env=False) as http:
        return await some_of(http, stack.stack.simulator_url, how_many, after=offset)


def _pause_holds(stack: "Whole", code: str) -> None:
    """Once it is said, nobody more is fed, whatever time passes."""
    fed = "SELECT count(*) FROM campaign_members WHERE fed_at IS NOT NULL"
    _berceau(stack, "campaign", "pause", code)
    before = stack.one(fed)
    time.sleep(5)
    assert before == stack.one(fed)
    _berceau(stack, "campaign", "resume", code)


def _until_finished(stack: "Whole", code: str, *, within_s: float) -> None:
    state = "SELECT state = 'finished' FROM campaigns WHERE code = :code"
    stack.until(lambda: stack.one(state, code=code), within_s=within_s)
