"""The figures of a moment as metrics: none is lost, and no label is anybody's."""

import re
from dataclasses import replace
from pathlib import Path

import pytest
from prometheus_client import Metric
from sqlalchemy.exc import OperationalError

from shared.protocol.operating.switch_names import _FINDS
from shared.protocol.switching import RINGING_SWITCH
from shared.watching.exposition import Exposition, promised
from shared.watching.figures import Snapshot, Switch, Webhook
from tests.shown_metrics import TROUBLED, exposed

_RULES = Path(__file__).parents[3] / "deploy" / "prometheus" / "berceau.rules.yml"


def _shown(families: list[Metric]) -> dict[str, dict[tuple[str, ...], float]]:
    return {
        family.name: {tuple(sample.labels.values()): sample.value for sample in family.samples}
        for family in families
    }


def test_every_figure_is_shown() -> None:
    """Counts, ages and states of a bad moment, by closed sets of words."""
    shown = _shown(exposed())

    assert 9 * 60 == shown["berceau_oldest_due_age_seconds"]["verify", "now"]
    assert (3, 2, 1) == tuple(
        shown[name]["price", "bulk"]
        for name in ("berceau_due", "berceau_held", "berceau_doorbells_waiting")
    )
    assert {("QUARANTINED", "never_finished"): 1, ("later", "later"): 2} == shown[
        "berceau_applications"
    ]
    assert (5, 90) == (
        shown["berceau_held_by_the_dead"][()],
        shown["berceau_overslept_seconds"][()],
    )
    assert {("running", "fed"): 6, ("running", "waiting"): 4} == shown["berceau_campaign_members"]
    assert {("waiting",): 7, ("dead",): 2} == shown["berceau_deliveries"]
    assert (1, 360) == (
        shown["berceau_webhooks_stopped"][()],
        shown["berceau_delivery_oldest_due_age_seconds"][()],
    )
    assert 0.75 == shown["berceau_pace_used_ratio"][()]
    assert {("journal",): 1} == shown["berceau_invariant_broken"]
    assert 0 == shown["berceau_workers_alive"][("verifier",)]
    assert (900, 86_400) == tuple(shown["berceau_promised_age_seconds"].values())


def test_what_is_stopped_is_counted_by_kind() -> None:
    """By the kind alone, never by whose; one of a later release is passed over."""
    shown = _shown(exposed())["berceau_stopped"]

    assert 1 == shown[("breaker",)]
    assert 1 == sum(shown.values())


@pytest.mark.parametrize("pause", [RINGING_SWITCH, *_FINDS])
def test_whatever_a_person_pauses_is_counted_and_alerted(calm: Snapshot, pause: str) -> None:
    """Each kind of pause has its own figure, and the alert of what is forgotten goes by it."""
    switch = Switch(f"{pause}x", None, "essai", calm.taken_at, None)
    shown = _shown(exposed(replace(calm, switches=(switch,))))["berceau_stopped"]
    kind = pause.rstrip(":")
    [kinds] = re.findall(r'berceau_stopped\{kind=~"(ringing[a-z|]+)"\}', _RULES.read_text("utf-8"))

    assert {(kind,)} == {one for one, count in shown.items() if count}
    assert kind in kinds.split("|")


def test_no_code_is_in_a_label(calm: Snapshot) -> None:
    """Neither of a portal, nor of an authority, nor of a habilitation, nor of an application."""
    webhook = Webhook("arles-famille", None, 1, None, 0)
    switch = Switch("authority:arles", None, "essai", calm.taken_at, None)
    page = str(_shown(exposed(replace(TROUBLED, webhooks=(webhook,), switches=(switch,)))))

    assert [] == [word for word in ("arles", "REF", "hausse-2027", "hote") if word in page]


def test_no_redis_is_a_figure(calm: Snapshot) -> None:
    """Doorbells are then not told, rather than told as none."""
    silent = replace(calm, queues=tuple(replace(queue, waiting=None) for queue in calm.queues))
    shown = _shown(exposed(silent))

    assert ({(): 0}, {}) == (shown["berceau_redis_up"], shown["berceau_doorbells_waiting"])


def test_no_record_is_a_figure() -> None:
    """And then it is the only one."""

    def away() -> Snapshot:
        raise OperationalError("SELECT", {}, Exception())

    shown = _shown(list(Exposition(away, promised=promised(24)).collect()))

    assert {"berceau_record_up": {(): 0}} == shown
