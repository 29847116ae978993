"""Processes of ours that are gone, mute or too few."""

from services.command.stack.ports import reserve
from tests.integration.runbooks.page import plain
from tests.integration.runbooks.scene import HABILITATION, Scene
from tests.integration.runbooks.stories.servers import ends_what_is_forgotten
from tests.integration.runbooks.watch import Watch

_QUIET_S = 120  # the sentences of the page come after half a minute
_AGED = """
    UPDATE applications
    SET due_at = due_at - interval '20 min', received_at = received_at - interval '20 min'
    WHERE status = 'RECEIVED'
"""
_WAKES = """
    UPDATE applications SET due_at = now() - interval '2 min'
    WHERE reference = :of AND status = 'PARKED'
"""
_KEPT = "SELECT FROM applications WHERE reference = ANY(%(of)s) FOR UPDATE"
_PACE = f"berceau habilitation change {HABILITATION} --pace"


def _free_port() -> str:
    return str(reserve().release())


def _held(scene: Scene) -> int:
    held: int = scene.one("SELECT count(*) FROM applications WHERE claim IS NOT NULL")
    return held


def a_worker_that_is_gone(watch: Watch) -> None:
    """processus-mort: the only verifier has ended, and nobody starts it again."""
    scene = watch.scene
    scene.halt("verifier")
    waiting = scene.families.hand_in(5)
    told = watch.sees("Aucun … vivant")
    assert "Aucun vérificateur vivant alors que 5 dossiers sont dus." in told, told
    watch.fires("BerceauNoWorker", "BerceauTargetDown")
    watch.runs("berceau status")
    assert "aucun processus vivant ici" in watch.runs("berceau health verifier", ends=1)
    with watch.running("berceau verifier", BERCEAU_METRICS_PORT=_free_port()):
        scene.until_well(waiting)
        watch.ceases("BerceauNoWorker")
        _a_port_that_is_taken(watch)
    scene.bring_back("verifier")
    watch.ceases("BerceauTargetDown")
    _beats_that_are_missed(watch)


def _beats_that_are_missed(watch: Watch) -> None:
    """As the page says: of all processes at once, it is the database."""
    scene, before = watch.scene, watch.scene.logged("life.beat_missed")
    scene.halt("postgres")
    try:
        scene.until(lambda: scene.logged("life.beat_missed") > before)
        watch.fires("BerceauHeartbeatsMissed")
    finally:
        scene.bring_back("postgres")


def _a_port_that_is_taken(watch: Watch) -> None:
    """As the page says: the metrics are lost, the process works."""
    scene, port = watch.scene, reserve()
    try:
        with scene.shell.running("berceau tariff", BERCEAU_METRICS_PORT=str(port.number)) as said:
            scene.until(lambda: '"metrics.not_served"' in said())
    finally:
        port.release()
    watch.page.prints("`metrics.not_served`")


def a_scheduler_that_is_gone(watch: Watch) -> None:
    """planificateur-mort: none lives while families wait for a date, a bell and a dead worker."""
    scene = watch.scene
    [parked] = scene.families.hand_in(1, kind="no_file")
    scene.until(
        lambda: (
            scene.one("SELECT status FROM applications WHERE reference = :of", of=parked)
            == "PARKED"
        )
    )
    scene.halt("scheduler")
    watch.sees("Aucun planificateur vivant")
    watch.fires("BerceauSchedulerAbsent")
    scene.by_hand(_WAKES, of=parked)
    scene.throw(latency_ms=2_500)
    waiting = [scene.families.hand_in_one() for _ in range(3)]
    scene.until(lambda: _held(scene) > 0)
    scene.stack.supervisor.kill("verifier")
    scene.mend()
    watch.sees("aux mains d'un processus mort", within_s=_QUIET_S)
    watch.sees("Des dossiers en attente auraient dû", within_s=_QUIET_S)
    waiting += scene.families.hand_in(4)
    scene.until(lambda: scene.all_decided(waiting[3:]))
    unrung = _without_a_bell(scene)
    watch.sees("et rien ne sonne", within_s=_QUIET_S)
    assert "aucun processus vivant ici" in watch.runs("berceau health scheduler", ends=1)
    watch.runs("berceau status")
    with watch.running("berceau scheduler", BERCEAU_METRICS_PORT=_free_port()):
        scene.until_well([*waiting, *unrung])
    scene.bring_back("scheduler")
    watch.ceases("BerceauSchedulerAbsent")
    scene.shell.run("berceau pause ringing --reason 'essai'")
    assert "La sonnerie est suspendue" in scene.shell.run("berceau status").text
    watch.runs("berceau resume ringing")
    scene.until_well()
    _rows_that_somebody_keeps(watch, parked)


def _without_a_bell(scene: Scene) -> list[str]:
    """Families whose doorbells were lost with an emptied Redis, before anybody answered them."""
    scene.halt("verifier")
    unrung = scene.families.hand_in(3)
    scene.redis.flushall()
    scene.bring_back("verifier")
    return unrung


def _rows_that_somebody_keeps(watch: Watch, parked: str) -> None:
    """A transaction that somebody forgot: a living scheduler passes its rows over."""
    scene = watch.scene
    scene.throw(latency_ms=2_500)
    held = scene.families.hand_in_one()
    scene.until(lambda: _held(scene) > 0)
    scene.by_hand(_WAKES, of=parked)
    with scene.forgotten(_KEPT, of=[held, parked]) as pid:
        scene.stack.supervisor.kill("verifier")
        scene.mend()
        watch.fires("BerceauHeldByTheDead", "BerceauOverslept", within_s=_QUIET_S)
        ends_what_is_forgotten(watch, pid)
        scene.until_well([held])
    watch.ceases("BerceauHeldByTheDead", "BerceauOverslept")


def _until_status_says(scene: Scene, words: str) -> None:
    scene.until(lambda: words in plain(scene.shell.run("berceau status").text), else_say=words)


def a_backlog_that_grows(watch: Watch) -> None:
    """retard-qui-grandit: a town that may ask once a second, and families who come faster."""
    scene = watch.scene
    assert scene.shell.run(f"{_PACE} 1 --burst 1").code == 0
    scene.until(lambda: "1 par seconde" in scene.shell.run("berceau provider status").text)
    waiting = scene.families.hand_in(5)
    waiting += [scene.families.hand_in_one() for _ in range(60)]
    scene.by_hand(_AGED)
    told = watch.sees("le plus ancien dossier attend depuis")
    assert "plus de 15 min" in told, told
    watch.fires("BerceauOldestDueWaits", "BerceauPromiseBroken")
    with watch.running("berceau status --watch", screen=True) as shown:
        scene.until(lambda: "Vérification" in shown())
    with (
        watch.running("berceau verifier", BERCEAU_METRICS_PORT=_free_port()),
        watch.running("berceau tariff", BERCEAU_METRICS_PORT=_free_port()),
    ):
        for alive in ("2 vérificateurs", "2 tarificateurs"):
            _until_status_says(scene, alive)
        assert scene.shell.run(f"{_PACE} 400 --burst 40").code == 0
        scene.until_well(waiting)
    watch.fires("BerceauDecidedLate")
    watch.ceases("BerceauOldestDueWaits", "BerceauPromiseBroken")
