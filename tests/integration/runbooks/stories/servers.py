"""What Berceau stands on: Redis, PostgreSQL, its tables, its key ring."""

from pathlib import Path

import httpx

from shared.sealing import KeyRing
from shared.store.migrating import known_revisions
from tests.integration.runbooks.families import kind_of
from tests.integration.runbooks.page import plain
from tests.integration.runbooks.watch import Watch

_PLACES = ("berceau:verify.now", "berceau:verify.bulk", "berceau:price.now", "berceau:price.bulk")


def a_redis_that_is_away_or_empty(watch: Watch) -> None:
    """redis-vide-ou-absent: it is stopped, then emptied while families wait, then badly set."""
    scene = watch.scene
    scene.halt("redis")
    accepted = scene.families.hand_in(10)
    watch.sees("Redis ne répond pas")
    overview = plain(scene.shell.run("berceau ops top --once").text)
    assert "Redis ne répond pas : les dossiers seront repris dès son retour." in overview, overview
    watch.fires("BerceauRedisUnreachable")
    assert "Redis ne répond pas" in watch.runs("berceau doctor", ends=1)
    assert not scene.all_decided(accepted)
    scene.bring_back("redis")
    scene.until_well(accepted)
    watch.ceases("BerceauRedisUnreachable")

    scene.throw(latency_ms=1_500)
    waiting = scene.families.hand_in(30)
    scene.until(lambda: any(scene.redis.exists(f"{place}.msgs") for place in _PLACES))
    scene.redis.flushall()
    watch.runs("berceau status")
    scene.mend()
    scene.until_well(waiting)
    _what_doctor_says_of_redis(watch)


def _what_doctor_says_of_redis(watch: Watch) -> None:
    """As the page says: whether keys are thrown away, whether it writes, whether it has room."""
    told = watch.runs("berceau doctor")
    assert "Redis ne jette rien quand il est plein (noeviction)." in told, told
    assert "Redis écrit sur disque (appendonly)." in told, told
    assert "Mémoire de Redis" in told, told
    watch.page.prints("maxmemory-policy noeviction")
    watch.scene.redis.config_set("maxmemory-policy", "allkeys-lru")
    told = watch.runs("berceau doctor", ends=1)
    assert "Redis jette des clés quand il est plein (allkeys-lru)." in told, told
    watch.scene.redis.config_set("maxmemory-policy", "noeviction")


def a_postgresql_that_is_away(watch: Watch) -> None:
    """postgresql-absent: it stops while families are worked on, and comes back."""
    scene = watch.scene
    events = ("database.out_of_reach", "life.beat_missed", "saver.tries_again")
    before = {event: scene.logged(event) for event in events}
    scene.throw(latency_ms=1_500)
    accepted = scene.families.hand_in(30)
    scene.until(lambda: scene.one("SELECT count(*) FROM applications WHERE claim IS NOT NULL"))
    [family] = scene.families.of("nominal", 1)
    scene.halt("postgres")
    refused = scene.families.post("/v1/applications", family, once="the-same-key")
    assert (503, "unavailable") == (refused.status_code, kind_of(refused))
    watch.sees("PostgreSQL ne répond pas")
    assert "PostgreSQL ne répond pas" in watch.runs("berceau doctor", ends=1)
    assert "répond 503 à /readyz" in watch.runs("berceau health intake", ends=1)
    watch.fires("BerceauRecordUnreachable", "BerceauSavesFail")
    scene.until(lambda: all(scene.logged(event) > before[event] for event in events))
    scene.mend()
    scene.bring_back("postgres")
    scene.until(scene.ready)
    again = [scene.families.post("/v1/applications", family, once="the-same-key") for _ in "12"]
    references = {answer.raise_for_status().json()["reference"] for answer in again}
    assert 1 == len(references)
    scene.until_well([*accepted, *references])
    watch.runs("berceau journal verify")
    watch.runs_until("berceau status", "Rien à signaler")
    watch.ceases("BerceauRecordUnreachable")


def a_migration_that_is_stuck(watch: Watch) -> None:
    """migration-bloquee: tables of the version before, and somebody who holds one of them."""
    scene, before = watch.scene, known_revisions()[-2]
    down = scene.shell.run(f"berceau migrate --down-to {before} --yes")
    assert 0 == down.code, down.text
    scene.until(lambda: not scene.ready())
    refused = httpx.get(f"{scene.stack.intake_url}/readyz", trust_env=False)
    assert (503, "not-ready") == (refused.status_code, kind_of(refused))
    watch.hears("n'est pas à la version attendue", refused.json()["detail"])
    told = watch.runs("berceau doctor", ends=1)
    assert f"Tables à la migration {before}, cette version attend" in told, told
    with scene.forgotten("UPDATE applications SET due_at = due_at WHERE false") as pid:
        watch.hears("Une table est occupée", watch.runs("berceau migrate", ends=2))
        ends_what_is_forgotten(watch, pid)
    with scene.forgotten("SELECT pg_advisory_xact_lock(hashtext('berceau.migrate'))"):
        watch.hears("Une autre migration est en cours", watch.runs("berceau migrate", ends=2))
    assert "La base est à jour" in watch.runs("berceau migrate")
    scene.until(scene.ready)
    scene.until_well(scene.families.hand_in(3))


def ends_what_is_forgotten(watch: Watch, pid: str) -> None:
    """By the page's two commands: the transaction is the oldest, and is ended."""
    listed = watch.runs('psql -d berceau -c "SELECT pid')
    [line] = [line for line in listed.splitlines() if line.strip().startswith(pid)]
    assert "idle in transaction" in line, listed
    assert "psql" in line, listed
    watch.filled({"<pid>": pid})
    watch.runs('psql -d berceau -c "SELECT pg_terminate')


def a_key_ring_that_is_lost(watch: Watch) -> None:
    """trousseau-perdu: its file is gone, then another stands there, then the copy comes back."""
    scene = watch.scene
    accepted = scene.families.hand_in(5)
    scene.until_well(accepted)
    file = Path(scene.stack.env["BERCEAU_KEY_RING_FILE"])
    copy = file.rename(file.with_name("copy.json"))
    watch.hears("Trousseau de clés illisible", watch.runs("berceau doctor", ends=1))
    for service in ("intake", "verifier"):
        ended = scene.shell.run(f"berceau {service}", BERCEAU_INTAKE_PORT="1")
        assert ended.code != 0
        assert "BERCEAU_KEY_RING_FILE" in ended.text, ended.text
    KeyRing.new("another").write(file)
    watch.hears("absente du trousseau", watch.runs("berceau doctor", ends=1))
    watch.page.prints("`berceau keys new` ne remplace pas un fichier existant")
    assert 0 != scene.shell.run(f"berceau keys new {file}").code
    scene.halt("intake")
    copy.replace(file)
    assert 0o600 == file.stat().st_mode & 0o777
    told = watch.runs("berceau doctor", nth=1)
    assert "Le trousseau a les clés de tous les dossiers" in told, told
    scene.bring_back("intake")
    watch.runs("berceau status")
    scene.until_well([*accepted, *scene.families.hand_in(3)])
