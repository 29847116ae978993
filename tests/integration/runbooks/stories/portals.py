"""What portals meet: they are not told of changes, or they are refused."""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial

import httpx
from sqlalchemy import text

from services.command.stack.ports import reserve
from tests.integration.notifier.receiver import OK, Answer, Receiver, receiving
from tests.integration.runbooks.families import kind_of
from tests.integration.runbooks.scene import PORTAL, Scene
from tests.integration.runbooks.watch import Watch

_PRINTED_URL = "https://portail.example/berceau"
_FAILS: Answer = (500, {}, b"")
_GONE: Answer = (410, {}, b"")
_TRIED_ONCE = "SELECT count(*) FROM deliveries WHERE status = 'WAITING' AND attempts > 0"
_NINE_TRIES = """
    UPDATE deliveries SET attempts = 9, due_at = now() WHERE status = 'WAITING' AND attempts > 0
"""
_LATE = "UPDATE deliveries SET due_at = now() - interval '10 min' WHERE status = 'WAITING'"
_LEFT = "SELECT count(*) FROM deliveries WHERE status <> 'DELIVERED'"
_LOW = 60  # what a portal may be given at least
_CROWD = 400  # above the forty that intake serves at once, with the eight times that may wait
_FLOOD_S = 60


def a_portal_that_is_not_told(watch: Watch) -> None:
    """livraisons-mortes: a portal that fails ten times, one that is gone, and no notifier."""
    with receiving() as receiver:
        watch.filled({"<portail>": PORTAL, _PRINTED_URL: receiver.url})
        watch.scene.shell.run(f"berceau portal webhook set {PORTAL} --url {receiver.url}")
        try:
            _dead_deliveries(watch, receiver)
            _a_stopped_webhook(watch, receiver)
            _no_notifier(watch, receiver)
        finally:
            watch.scene.shell.run(f"berceau portal webhook remove {PORTAL}")


def _dead_deliveries(watch: Watch, receiver: Receiver) -> None:
    scene, before = watch.scene, watch.scene.logged("notifier.dead")
    receiver.answer = lambda _request: _FAILS
    decided = scene.families.hand_in(2)
    scene.until(lambda: scene.all_decided(decided))
    scene.until(lambda: scene.one(_TRIED_ONCE))
    waiting = watch.runs("berceau delivery list --portal <portail> --waiting")
    assert "réponse 500" in waiting, waiting
    scene.by_hand(_NINE_TRIES)
    watch.sees("Livraisons mortes au portail")
    watch.fires("BerceauDeliveriesDead")
    assert scene.logged("notifier.dead") > before
    assert "notifier : en état" in watch.runs("berceau health notifier")
    dead = watch.runs("berceau delivery list --portal <portail>")
    assert "réponse 500" in dead, dead
    assert receiver.url in watch.runs("berceau portal webhook show")
    receiver.answer = lambda _request: OK
    assert "Reçu : le portail a répondu 204." in watch.runs("berceau portal webhook test")
    assert "Livraisons rejouées" in watch.runs("berceau delivery replay")
    _until_all_told(scene, receiver, decided)
    watch.ceases("BerceauDeliveriesDead")


def _a_stopped_webhook(watch: Watch, receiver: Receiver) -> None:
    scene = watch.scene
    receiver.answer = lambda _request: _GONE
    decided = scene.families.hand_in(2)
    watch.sees("est arrêté")
    watch.fires("BerceauWebhookStopped")
    receiver.answer = lambda _request: OK
    told = watch.runs("berceau portal webhook set")
    assert f"Le portail « {PORTAL} » est prévenu à {receiver.url}." in told, told
    _until_all_told(scene, receiver, decided)
    watch.ceases("BerceauWebhookStopped")


def _no_notifier(watch: Watch, receiver: Receiver) -> None:
    scene = watch.scene
    scene.halt("notifier")
    decided = scene.families.hand_in(2)
    watch.sees("Aucun messager vivant")
    scene.by_hand(_LATE)
    watch.fires("BerceauDeliveriesLate")
    assert "aucun processus vivant ici" in watch.runs("berceau health notifier", ends=1)
    watch.page.prints("`berceau notifier`")
    with scene.shell.running("berceau notifier", BERCEAU_METRICS_PORT=str(reserve().release())):
        _until_all_told(scene, receiver, decided)
    scene.bring_back("notifier")
    watch.ceases("BerceauDeliveriesLate")


def _until_all_told(scene: Scene, receiver: Receiver, references: list[str]) -> None:
    """Each is decided, nothing waits or is dead, and the portal has heard of each decision."""
    scene.until(lambda: scene.all_decided(references))
    scene.until(lambda: scene.one(_LEFT) == 0, else_say="all deliveries arrive")
    events = [one.said["data"] for one in receiver.received if "reference" in one.said["data"]]
    heard = {one["reference"] for one in events if one["state"] == "DECIDED"}
    assert set(references) <= heard


def a_portal_that_is_refused(watch: Watch) -> None:
    """portail-refuse: too many, an unknown key, a key without the right, a record away, a crowd."""
    scene = watch.scene
    watch.filled({"<portail>": PORTAL})
    low = scene.shell.run(f"berceau portal change {PORTAL} --requests-per-minute {_LOW}")
    assert low.code == 0, low.text
    [family] = scene.families.of("nominal", 1)
    refused = _until_refused(scene, family, "too-many-requests", 429)
    assert int(refused.headers["Retry-After"]) > 0
    assert "en état" in watch.runs("berceau health intake")
    watch.runs("berceau status")
    assert '"status": 429' in (scene.stack.home.logs / "intake.log").read_text("utf-8")
    assert f"requests_per_minute : {_LOW}" in watch.runs("berceau portal show")
    watch.runs("berceau portal change")
    reference = _accepted(scene, family)
    _wrong_keys(watch)
    _a_record_that_is_away(watch)
    _a_crowd(watch, reference)
    scene.until_well([reference])


def _until_refused(scene: Scene, family: object, kind: str, status: int) -> httpx.Response:
    """A portal goes on posting until it is told so."""
    said: list[httpx.Response] = []

    def posted() -> bool:
        post = partial(scene.families.post, "/v1/applications", family, once="the-portal")
        said.extend(post() for _ in range(_LOW))
        return said[-1].status_code == status

    scene.until(posted, else_say=kind)
    assert kind == kind_of(said[-1])
    return said[-1]


def _accepted(scene: Scene, family: object) -> str:
    """The same post passes, with the same idempotency key, within the minute."""
    said: Callable[[], httpx.Response] = lambda: scene.families.post(  # noqa: E731
        "/v1/applications", family, once="the-portal"
    )
    scene.until(lambda: said().status_code in {200, 201, 202})
    reference: str = said().json()["reference"]
    return reference


def _wrong_keys(watch: Watch) -> None:
    scene = watch.scene
    [family] = scene.families.of("nominal", 1)
    unknown = scene.families.post("/v1/applications", family, key="berceau_" + "0" * 43)
    assert (401, "unknown-key") == (unknown.status_code, kind_of(unknown))
    minted = scene.shell.run(f"berceau portal key mint {PORTAL} --scope applications:read")
    read_only = minted.text.splitlines()[0]
    missing = scene.families.post("/v1/applications", family, key=read_only)
    assert (403, "scope-missing") == (missing.status_code, kind_of(missing))


def _a_record_that_is_away(watch: Watch) -> None:
    scene = watch.scene
    [family] = scene.families.of("nominal", 1)
    scene.halt("postgres")

    def posts() -> None:
        assert scene.families.post("/v1/applications", family).status_code == 503

    watch.fires("BerceauRefusesRequests", meanwhile=posts)
    assert "répond 503" in scene.shell.run("berceau health intake").text
    scene.bring_back("postgres")
    scene.until(scene.ready)


def _a_crowd(watch: Watch, reference: str) -> None:
    """More requests at one moment than an intake takes; then one more intake takes some."""
    scene = watch.scene
    with _a_table_that_is_held(scene) as let_go:
        codes = asyncio.run(_flood(scene, reference, let_go))
    assert 503 in codes
    assert {200, 503} == set(codes)
    port = reserve().release()
    watch.filled({"8002": str(port)})
    with watch.running("BERCEAU_INTAKE_PORT=8002 berceau intake"):
        scene.until(lambda: scene.ready(port))


@contextmanager
def _a_table_that_is_held(scene: Scene) -> Iterator[Callable[[], None]]:
    with scene.owner.connect() as holding:
        holding.execute(text("LOCK TABLE applications"))
        yield holding.rollback


async def _flood(scene: Scene, reference: str, let_go: Callable[[], None]) -> list[int]:
    """So many ask at once; those who are not told to come back wait until the table is free."""
    headers = {"Authorization": f"Bearer {scene.stack.portal_key}"}
    url = f"{scene.stack.intake_url}/v1/applications/{reference}"
    limits = httpx.Limits(max_connections=_CROWD)
    async with httpx.AsyncClient(timeout=_FLOOD_S, trust_env=False, limits=limits) as http:
        asked = [asyncio.create_task(http.get(url, headers=headers)) for _ in range(_CROWD)]
        await asyncio.wait(asked, return_when=asyncio.FIRST_COMPLETED)
        await asyncio.sleep(2)
        let_go()
        return [one.status_code for one in await asyncio.gather(*asked)]
