"""`berceau ops` as a person types it, on a real record; a scheduler does what is asked."""

import json
import re
import time
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from shared.application import Application
from shared.protocol.operating import carrying
from shared.states import Lane, Reason, Status

if TYPE_CHECKING:
    from tests.integration.conftest import Record
    from tests.integration.operating.conftest import Berceau, Scheduler

pytestmark = pytest.mark.stack
_SAID = ("--comment", "panne finie")


def _parked(record: "Record", how_many: int) -> list[str]:
    later = datetime.now(UTC) + timedelta(hours=6)
    parked: dict[str, Any] = {"status": Status.PARKED, "reason": Reason.PROVIDER_UNAVAILABLE}
    return [record.reference_of(id_) for id_ in record.plant(how_many, **parked, due_at=later)]


def test_one_is_retried_and_tells_it(record: "Record", berceau: "Berceau") -> None:
    """What it came to; then its timeline, with who and why."""
    [reference] = _parked(record, 1)
    first = berceau("retry", reference, *_SAID)
    again = berceau("retry", reference, *_SAID)
    shown = berceau("show", reference)

    assert (0, f"{reference} : fait\n") == (first.exit_code, first.output)
    assert (0, f"{reference} : déjà ainsi\n") == (again.exit_code, again.output)
    assert "relancer maintenant : panne finie" in shown.output
    assert "Commande de" in shown.output


def test_one_that_is_named_twice_is_acted_upon_once(record: "Record", berceau: "Berceau") -> None:
    """However it is typed: each way is told what it came to."""
    [reference] = _parked(record, 1)

    done = berceau("retry", reference, reference, f" {reference}", *_SAID)

    assert 0 == done.exit_code
    assert 2 == done.stdout.count(" : fait")


def test_many_are_previewed_confirmed_and_done(record: "Record", berceau: "Berceau") -> None:
    """A no starts nothing; a yes starts an action that schedulers carry out."""
    _parked(record, 3)
    asked = ("to-review", "--state", "PARKED", "--still", "0min", *_SAID)
    refused = berceau(*asked, typed="n\n")
    started = berceau(*asked, typed="y\n")
    while carrying.carry(record.engine) != carrying.Carried():
        pass
    listed = json.loads(berceau("actions", "list", "--json").stdout)

    assert (1, 0) == (refused.exit_code, started.exit_code)
    assert "3 dossiers (3 En attente d'une date)" in started.output
    assert [("finished", 3, 0)] == [(one["state"], one["done"], one["left"]) for one in listed]
    assert "panne finie" in berceau("actions", "show", listed[0]["id"]).output


def test_an_action_waits_for_its_end(
    record: "Record", berceau: "Berceau", scheduler: "Scheduler"
) -> None:
    """With a real scheduler, and `--wait`."""
    _parked(record, 5)
    scheduler()
    ended = berceau("lane", "--to", "bulk", "--state", "PARKED", "--yes", "--wait", *_SAID)

    assert 0 == ended.exit_code, ended.output
    assert "terminée\u00a0: 5 faits, 0 laissés, 0 à faire" in ended.output
    assert 5 == record.one("SELECT count(*) FROM applications WHERE lane = 'bulk'")


def test_an_action_is_paused_resumed_and_cancelled(record: "Record", berceau: "Berceau") -> None:
    """Each once; what is over is left."""
    _parked(record, 2)
    started = berceau("retry", "--state", "PARKED", "--yes", "--json", *_SAID)
    action = json.loads(started.stdout)["id"]
    codes = [
        berceau("actions", verb, action, *_SAID).exit_code
        for verb in ("pause", "pause", "resume", "cancel", "resume")
    ]

    assert [0, 1, 0, 0, 1] == codes
    assert (
        2 == json.loads(berceau("actions", "show", action, "--json").stdout)["skipped"]["cancelled"]
    )


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (("retry", "--comment", "x"), 2, "au moins un filtre"),
        (("retry", "--state", "OPEN", "--comment", "x"), 2, "--state : « OPEN » n'en est pas"),
        (("retry", "--portal", "nul", "--comment", "x"), 2, "--portal : aucun portail"),
        (("retry", "--due", "--comment", "06 12 34 56 78"), 2, "--comment : un long numéro"),
        (("retry", "X", "--due", "--comment", "x"), 2, "des références, ou des filtres"),
        (("retry", "NULLE-PART", "--comment", "x"), 1, "Aucun dossier"),
        (("retry", "--due", "--json"), 2, "--comment : dites pourquoi"),
        (("retry-at", "--at", "demain", "--due"), 2, "n'est pas une date"),
        (("retry-at", "--at", "2020-01-01", "--due"), 2, "une date à venir"),
        (("release", "--state", "QUARANTINED", "--comment", "x"), 1, "0 dossier"),
        (("actions", "pause", "x"), 2, "ID"),
        (("applications", "--saved", "rien"), 1, "Aucun filtre gardé"),
    ],
)
def test_what_is_asked_wrongly_is_told(
    record: "Record", berceau: "Berceau", words: tuple[str, ...], code: int, said: str
) -> None:
    """By its option, in French, with its exit code; nothing is changed."""
    ended = berceau(*words)

    assert code == ended.exit_code, ended.output
    assert said in ended.output
    assert 0 == record.one("SELECT count(*) FROM operations")


def test_pages_follow_one_another(record: "Record", berceau: "Berceau") -> None:
    """Each application once, in whichever order; for a person and for a machine."""
    references = sorted(_parked(record, 7))
    for sort in ("oldest", "newest", "reference"):
        seen: list[str] = []
        after: list[str] = []
        while True:
            found = json.loads(
                berceau("applications", "--sort", sort, "--limit", "3", *after, "--json").stdout
            )
            seen += [one["reference"] for one in found["applications"]]
            if found["after"] is None:
                break
            after = ["--after", found["after"]]

        assert references == (seen if sort == "reference" else sorted(seen))
    assert "La suite : --after" in berceau("applications", "--limit", "3").output


def test_a_filter_is_kept_and_used(record: "Record", berceau: "Berceau") -> None:
    """By its name, in the place of options."""
    _parked(record, 2)
    record.plant(1)
    berceau("filters", "save", "parqués", "--state", "PARKED")
    found = json.loads(berceau("applications", "--saved", "parqués", "--json").stdout)

    assert ("state=PARKED", 2) == (found["sought"], len(found["applications"]))
    assert "state=PARKED" in berceau("filters", "list").output
    assert [0, 1] == [berceau("filters", "forget", "parqués").exit_code for _ in range(2)]


def test_a_family_is_found_once_it_is_indexed(
    record: "Record", berceau: "Berceau", application: Application
) -> None:
    """By the beginning of a name and a birth; why is asked for."""
    id_ = record.enrol(application)
    indexed = berceau("index")
    found = berceau("find", "marchetti", "2025-03-04", "--comment", "appel de la mairie", "--json")

    assert (0, "Dossiers indexés par nom : 1.") == (
        indexed.exit_code,
        indexed.output.splitlines()[0],
    )
    assert [record.reference_of(id_)] == [
        one["reference"] for one in json.loads(found.stdout)["applications"]
    ]
    assert 2 == berceau("find", "m", "2025-03-04", "--comment", "appel").exit_code


def test_top_agrees_with_a_count_during_a_load(
    record: "Record", berceau: "Berceau", scheduler: "Scheduler"
) -> None:
    """While applications come in: what is shown lies between the count before and the one after."""
    scheduler()
    for _ in range(4):
        record.plant(50)
        before = _due(record)
        shown = json.loads(berceau("top", "--json").stdout)
        record.plant(50)
        after = _due(record)
        due = {(one["step"], one["lane"]): one["due"] for one in shown["queues"]}

        assert before <= due["verify", "now"] <= after
        time.sleep(0.1)
    once = berceau("top", "--once").output
    assert "verify.now" in once
    assert "18/s, permis en une minute : 0 sur 1" in re.sub(r"\s+", " ", once)
    assert [(0, 1_080)] == [(one["used"], one["allowed"]) for one in shown["providers"]]
    queues = json.loads(berceau("queues", "--json").stdout)
    assert _due(record) == sum(one["due"] for one in queues if one["lane"] == Lane.NOW)


def _due(record: "Record") -> int:
    count: int = record.one("""
        SELECT count(*) FROM applications
        WHERE status = 'RECEIVED' AND claim IS NULL AND due_at <= now()
    """)
    return count
