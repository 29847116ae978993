"""Workers of the previous release beside this one's, on one record and one Redis."""

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import create_engine, text

from services.command.demo.incidents import incidents
from services.command.running import Choices
from tests.integration.upgrade import previous
from tests.integration.upgrade.town import Town, owner_url

if TYPE_CHECKING:
    from services.command.stack.supervisor import Supervisor
    from tests.integration.upgrade.conftest import Start

pytestmark = pytest.mark.stack

_FAMILIES = 60
_WATCH_HANDS = text("""
    CREATE TABLE hands (application uuid, worker uuid, status text);
    CREATE FUNCTION note_hands() RETURNS trigger SECURITY DEFINER LANGUAGE plpgsql AS $$ BEGIN
        INSERT INTO hands VALUES (NEW.id, NEW.claimed_by, NEW.status);
        RETURN NULL;
    END $$;
    CREATE TRIGGER note_hands AFTER UPDATE OF claimed_by ON applications FOR EACH ROW
    WHEN (NEW.claimed_by IS NOT NULL AND NEW.claimed_by IS DISTINCT FROM OLD.claimed_by)
    EXECUTE FUNCTION note_hands()
""")
_HANDS = text("""
    SELECT w.pid, h.application, h.status FROM hands h JOIN workers w ON w.id = h.worker
""")
_ALIVE = """
    SELECT count(*) FROM workers
    WHERE service IN ('verifier', 'tariff') AND alive_until > now()
"""
_DOUBLED = text("""
    SELECT application_id FROM decisions GROUP BY 1 HAVING count(*) > 1
    UNION ALL
    SELECT id FROM applications WHERE claim IS NOT NULL
""")


def test_the_previous_release_works_beside_this_one(start: "Start", tmp_path: Path) -> None:
    """Each hears the other's doorbells; all ends as it should, nothing lost, doubled or broken."""
    code = previous.take_out(tmp_path / "before")
    assert previous.origin(code, "shared.events").startswith(str(code))
    with start(Choices(population=_FAMILIES, copies={"verifier": 1, "tariff": 1})) as stack:
        town = Town(stack)
        owner = create_engine(owner_url(stack))
        with owner.begin() as connection:
            connection.execute(_WATCH_HANDS)
        old = [previous.program(code, name, stack.env) for name in ("verifier", "tariff")]
        stack.supervisor.start(*old)
        before = {pid for one in old for pid in stack.supervisor.pids(one.name)}
        town.wait_for(_ALIVE, 4)

        with _still(stack.supervisor, "verifier", old[1].name):
            town.hand_in(_FAMILIES // 3, settle_within_s=90)
        with _still(stack.supervisor, "tariff", old[0].name):
            town.hand_in(2 * _FAMILIES // 3, settle_within_s=90)
        verdict = town.hand_in(_FAMILIES, settle_within_s=90)

        with owner.connect() as connection:
            hands = connection.execute(_HANDS).all()
            doubled = connection.execute(_DOUBLED).all()
        owner.dispose()
        for one in old:
            stack.supervisor.stop(one.name)
        assert (0, 0, []) == (verdict.lost, verdict.wrong, doubled)
        assert _both_paths() <= _paths(hands, before)
        assert 0 == town.broken_doorbells()
        assert [] == incidents(stack.supervisor.events, stack.home.logs)


@contextmanager
def _still(supervisor: "Supervisor", *names: str) -> Iterator[None]:
    """These stand still meanwhile, and hear nothing; nothing waits for them."""
    for name in names:
        supervisor.kill(name, signal.SIGSTOP)
    try:
        yield
    finally:
        for name in names:
            supervisor.kill(name, signal.SIGCONT)


def _both_paths() -> set[tuple[bool, bool]]:
    """Verified here and priced there, and the reverse."""
    return {(True, False), (False, True)}


def _paths(hands: Any, before: set[int]) -> set[tuple[bool, bool]]:
    """For each application, whether the previous release verified it, and whether it priced it."""
    by = {(application, status): pid in before for pid, application, status in hands}
    verified = {application for application, status in by if status == "RECEIVED"}
    priced = {application for application, status in by if status == "VERIFIED"}
    return {(by[one, "RECEIVED"], by[one, "VERIFIED"]) for one in verified & priced}
