"""`berceau doctor` over a real PostgreSQL and Redis: the facts it gathers, the faults it finds."""

import base64
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import update

from services.command.diagnosis.checks import examine
from services.command.diagnosis.facts import Facts, Token
from services.command.diagnosis.finding import Mark
from services.command.diagnosis.gathering import gather
from shared.queue.broker import open_redis
from shared.sealing import KeyRing
from shared.store.engine import open_engine
from shared.store.parties import HabilitationRow

if TYPE_CHECKING:
    from tests.conftest import Database
    from tests.integration.watching.conftest import Stand


@pytest.fixture
def ring_file(stand: "Stand", tmp_path: Path) -> Path:
    path = tmp_path / "trousseau.json"
    stand.ring.write(path)
    return path


def _facts(stand: "Stand", ring_file: Path) -> Facts:
    return gather(
        engine=stand.engine,
        client=stand.redis,
        ring_file=ring_file,
        seal_key_file=None,
        namespace="berceau",
        window=32,
    )


def _give_token(stand: "Stand", sealed: bytes) -> None:
    with stand.engine.begin() as connection:
        connection.execute(update(HabilitationRow).values(sealed_token=sealed))


def _broken(facts: Facts) -> list[str]:
    return [one.what for one in examine(facts) if one.mark is Mark.BROKEN]


def _jwt(ends_at: datetime) -> str:
    payload = json.dumps({"exp": int(ends_at.timestamp())}).encode()
    return f"e30.{base64.urlsafe_b64encode(payload).decode().rstrip('=')}.signature"


def test_a_sound_installation_has_no_breakdown(stand: "Stand", ring_file: Path) -> None:
    """Migrated, founded, closed, answered: exit code 0."""
    stand.plant(3, due_at=None)
    stand.worker("verifier")
    stand.worker("tariff")

    facts = _facts(stand, ring_file)

    assert [] == _broken(facts)
    assert facts.record is not None
    assert ({"2026-1": 3}, ()) == (facts.record.ring_keys, facts.record.rights_too_many)
    assert abs(facts.record.skew) < timedelta(seconds=2)


@pytest.mark.redis_server
def test_a_real_redis_says_how_it_is_set(stand: "Stand", ring_file: Path) -> None:
    """Policy, writing and memory of the embedded server are known and fine."""
    seen = _facts(stand, ring_file).doorbells

    assert seen is not None
    assert ("noeviction", True, 256 * 2**20) == (seen.policy, seen.append_only, seen.limit)


def test_what_postgresql_logs_is_looked_at(stand: "Stand", ring_file: Path) -> None:
    """The services' role may read the settings, and those of the embedded server are closed."""
    told = [one.what for one in examine(_facts(stand, ring_file)) if one.mark is Mark.FINE]

    assert "Le journal de PostgreSQL ne dit rien des familles." in told


def test_the_end_of_a_sealed_token_is_read(stand: "Stand", ring_file: Path) -> None:
    """The ring opens it, and only its end leaves the gathering."""
    end = datetime.now(UTC).replace(microsecond=0) + timedelta(days=20)
    _give_token(stand, stand.ring.seal_secret(_jwt(end)))

    facts = _facts(stand, ring_file)

    assert facts.record is not None
    assert facts.record.rights is not None
    assert [(Token.OPENED, end)] == [(r.token, r.ends_at) for r in facts.record.rights]


def test_a_ring_that_lost_a_key_is_told(stand: "Stand", tmp_path: Path) -> None:
    """Applications and tokens under the lost key are counted as unreadable."""
    stand.plant(2)
    other = tmp_path / "autre.json"
    KeyRing.new("2027-1").write(other)

    broken = _broken(_facts(stand, other))

    assert "Clé « 2026-1 » absente du trousseau : 2 dossiers illisibles." in broken
    assert "Jeton de l'habilitation « demo » : sa clé manque au trousseau." in broken


def test_another_key_of_the_same_name_opens_nothing(stand: "Stand", tmp_path: Path) -> None:
    """A ring of the right names and the wrong keys is found out by the token."""
    other = tmp_path / "autre.json"
    KeyRing.new("2026-1").write(other)

    assert "Jeton de l'habilitation « demo » : illisible." in _broken(_facts(stand, other))


def test_no_ring_and_an_open_ring_are_told(stand: "Stand", ring_file: Path, tmp_path: Path) -> None:
    """A file that is missing, and a file that anybody on the machine may read."""
    absent = _broken(_facts(stand, tmp_path / "absent.json"))
    ring_file.chmod(0o640)
    opened = _broken(_facts(stand, ring_file))

    assert absent[0].startswith("Trousseau de clés illisible")
    assert "Trousseau de clés à portée d'autres comptes (mode 0640)." in opened


def test_rights_too_many_are_told(stand: "Stand", ring_file: Path) -> None:
    """A grant that lets the services touch the journal, even one column of it."""
    stand.run("GRANT DELETE ON journal TO berceau_services")
    stand.run("GRANT UPDATE (reason) ON journal TO berceau_services")

    facts = _facts(stand, ring_file)

    assert facts.record is not None
    assert ("journal : DELETE", "journal : UPDATE") == facts.record.rights_too_many


def test_tables_of_another_version_are_told(
    stand: "Stand", migrated: "Database", tmp_path: Path
) -> None:
    """A database that was migrated to something else, then one that has no table at all."""
    stand.run("UPDATE alembic_version SET version_num = '0001'")
    behind = _broken(_facts(stand, tmp_path / "absent.json"))
    stand.run("DROP SCHEMA public CASCADE")
    stand.run("CREATE SCHEMA public")
    empty = _broken(_facts(stand, tmp_path / "absent.json"))

    assert migrated.name
    assert [True, True] == [
        any(what.startswith(f"Tables à la migration {was}") for what in told)
        for was, told in (("0001", behind), ("aucune", empty))
    ]


def test_servers_that_are_down_are_told(ring_file: Path) -> None:
    """No exception reaches the person: both are lines, and the command fails."""
    engine = open_engine("postgresql+psycopg://x:y@127.0.0.1:1/none", name="test", connections=1)
    with open_redis("redis://127.0.0.1:1/0", timeout_s=1) as client:
        facts = gather(
            engine=engine,
            client=client,
            ring_file=ring_file,
            seal_key_file=None,
            namespace="berceau",
            window=32,
        )
    engine.dispose()

    whats = _broken(facts)

    assert ["PostgreSQL", "Redis"] == [what.split()[0] for what in whats]
