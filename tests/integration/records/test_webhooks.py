"""`berceau portal webhook` and `berceau delivery`, on a book of records."""

import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING
from uuid import uuid4

import pytest
from sqlalchemy import text

from tests.integration.notifier.receiver import receiving

if TYPE_CHECKING:
    from tests.integration.records.conftest import Town

pytestmark = pytest.mark.stack
_URL = "https://portail.example/berceau"
_PORTAL = "espace-famille"
_DEAD = text("""
    WITH portal AS (SELECT id FROM portals), application AS (
        INSERT INTO applications (id, reference, authority_id, portal_id, scheme_id,
                                  habilitation_id, same_application, sealed, status, lane)
        SELECT :id, '7K3F-9QXM-2WT3', s.authority_id, portal.id, s.id, s.habilitation_id, 'x', 'x',
               'DECIDED', 'now'
        FROM schemes s, portal RETURNING id
    ), event AS (
        INSERT INTO events (id, portal_id, application_id, sequence, at, state, transaction)
        SELECT :id, portal.id, application.id, 1, :at, 'DECIDED', 1 FROM portal, application
        RETURNING id, portal_id, application_id, sequence
    )
    INSERT INTO deliveries (event_id, portal_id, application_id, sequence, status, attempts,
                            outcome, http_status, finished_at)
    SELECT id, portal_id, application_id, sequence, 'DEAD', 10, 'answered', 503, :at FROM event
""")


@pytest.fixture
def told(town: "Town") -> "Town":
    """A town whose portal has a webhook."""
    town.import_records()
    town.berceau("portal", "webhook", "set", _PORTAL, "--url", _URL)
    return town


def _secret(town: "Town", column: str = "webhook_secret") -> str:
    return town.ring.open_secret(town.one(f"SELECT {column} FROM portals"))  # noqa: S608


def _kill_one(town: "Town") -> str:
    id_ = uuid4()
    with town.engine.begin() as connection:
        connection.execute(_DEAD, {"id": id_, "at": datetime.now(UTC)})
    return str(id_)


def test_a_secret_is_shown_once_and_kept_sealed(town: "Town") -> None:
    """On stdout alone; setting another address keeps it and says nothing of it."""
    town.import_records()
    first = town.berceau("portal", "webhook", "set", _PORTAL, "--url", _URL)
    second = town.berceau("portal", "webhook", "set", _PORTAL, "--url", f"{_URL}/2")
    shown = town.berceau("portal", "webhook", "show", _PORTAL, "--json")

    assert _secret(town) == first.stdout.strip()
    assert "" == second.stdout
    assert {"url": f"{_URL}/2", "stopped_at": None, "secret_before_until": None} == json.loads(
        shown.stdout
    )
    changes = town.column("SELECT change FROM changes WHERE change LIKE '%webhook%'")
    assert [
        {"webhook.secret": "changed", "webhook.url": [None, _URL]},
        {"webhook.url": [_URL, f"{_URL}/2"]},
    ] == [json.loads(change) for change in changes]


@pytest.mark.parametrize(
    "url",
    ["http://portail.example/", "https://10.0.0.1/", "https://localhost@x/", "http://127.0.0.1/"],
)
def test_an_address_that_leads_inwards_is_refused(town: "Town", url: str) -> None:
    """With the option's name and what to give; nothing is written."""
    town.import_records()
    refused = town.berceau("portal", "webhook", "set", _PORTAL, "--url", url, code=2)

    assert "--url : " in refused.stderr
    assert None is town.one("SELECT webhook_url FROM portals")


def test_a_rotation_keeps_the_one_before_for_a_while(told: "Town") -> None:
    """Both are sealed, the end of the first is shown."""
    before = _secret(told)
    rotated = told.berceau("portal", "webhook", "rotate", _PORTAL, "--hours", "48")

    assert (rotated.stdout.strip(), before) == (
        _secret(told),
        _secret(told, "webhook_secret_before"),
    )
    assert "secret_before_until : " in told.berceau("portal", "webhook", "show", _PORTAL).stdout


def test_a_stopped_webhook_is_set_again(told: "Town") -> None:
    """The same address suffices, and what waits is due at once; a trial is refused until then."""
    with told.engine.begin() as connection:
        connection.execute(text("UPDATE portals SET webhook_stopped_at = now()"))
    refused = told.berceau("portal", "webhook", "test", _PORTAL, code=2)
    told.berceau("portal", "webhook", "set", _PORTAL, "--url", _URL)

    assert "webhook set" in refused.stderr
    assert None is told.one("SELECT webhook_stopped_at FROM portals")


def test_the_dead_are_shown_and_replayed(told: "Town") -> None:
    """By id or by portal, once each, and it is written who did it."""
    event = _kill_one(told)
    shown = told.berceau("delivery", "list").stdout
    [plain] = json.loads(told.berceau("delivery", "list", "--json").stdout)
    told.berceau("delivery", "replay", event)
    again = told.berceau("delivery", "replay", "--portal", _PORTAL, code=1)

    for part in (event, _PORTAL, "7K3F-9QXM-2WT3", "DECIDED", "réponse 503"):
        assert part in shown
    assert (event, 10, 503) == (plain["event"], plain["attempts"], plain["http_status"])
    assert ["WAITING"] == told.column("SELECT status FROM deliveries WHERE attempts = 0")
    assert [event] == told.column("SELECT code FROM changes WHERE kind = 'delivery'")
    assert "Aucune n'était morte" in again.stderr
    waiting = json.loads(told.berceau("delivery", "list", "--waiting", "--json").stdout)
    assert [event] == [one["event"] for one in waiting]


def test_a_removed_webhook_leaves_no_secret_and_nothing_waiting(told: "Town") -> None:
    """What waited is dead, and is not replayed without a webhook."""
    event = _kill_one(told)
    told.berceau("delivery", "replay", event)
    told.berceau("portal", "webhook", "remove", _PORTAL)

    assert ["removed"] == told.column("SELECT outcome FROM deliveries WHERE status = 'DEAD'")
    assert [True] == told.column("SELECT webhook_secret IS NULL FROM portals")
    told.berceau("delivery", "replay", event, code=1)
    told.berceau("portal", "webhook", "show", _PORTAL, code=1)


@pytest.mark.parametrize("words", [[], ["--portal", "x", str(uuid4())], ["pas-un-id"]])
def test_what_to_replay_is_said_in_one_way(told: "Town", words: list[str]) -> None:
    """Ids, or a portal, and nothing else."""
    told.berceau("delivery", "replay", *words, code=2)


@pytest.mark.usefixtures("notifier")
def test_a_trial_that_fails_says_why(told: "Town") -> None:
    """Once, with exit code 1; it is no dead delivery that anybody looks for."""
    with receiving() as receiver:
        receiver.answer = lambda _: (500, {}, b"")
        told.env["BERCEAU_WEBHOOK_LOOPBACK"] = "true"
        told.berceau("portal", "webhook", "set", _PORTAL, "--url", receiver.url)
        failed = told.berceau("portal", "webhook", "test", _PORTAL, code=1)

    assert "L'essai a échoué : réponse 500." in failed.stderr
    assert 1 == len(receiver.received)
    assert [] == json.loads(told.berceau("delivery", "list", "--json").stdout)
