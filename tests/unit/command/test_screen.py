"""The terminal's screen and the doctor's lines, as rich prints them."""

import io
import json
from dataclasses import replace

import pytest
from rich.console import Console, RenderableType
from typer import Typer
from typer.testing import CliRunner

from services.command.diagnosis.finding import broken, fine, watch
from services.command.diagnosis.telling import told
from services.command.doctor import doctor
from services.command.screen import screen
from services.command.status import status
from shared.states import Lane, Reason, Status, Step
from shared.watching.figures import (
    Campaign,
    Holding,
    Quarantined,
    Snapshot,
    Standing,
    Switch,
    Webhook,
)
from shared.watching.plain import snapshot_json


def _printed(what: RenderableType, *, width: int = 110) -> str:
    out = io.StringIO()
    Console(file=out, width=width).print(what)
    return out.getvalue()


def test_a_calm_screen_says_so(calm: Snapshot) -> None:
    """Nothing wrong is said first, then who lives."""
    text = _printed(screen(calm))

    assert "✓ Rien à signaler." in text
    assert "Processus vivants\u00a0: 1 planificateur, 1 tarificateur, 1 vérificateur" in text


def test_the_screen_tells_due_oldest_holder_and_reason(calm: Snapshot) -> None:
    """What is due, since when, in whose hands, and why the rest waits."""
    queue = replace(calm.queues[0], due=120, oldest_due_at=calm.workers[0].started_at, waiting=32)
    holding = Holding(Step.VERIFY, Lane.NOW, calm.workers[0], 64, calm.taken_at)
    busy = replace(
        calm,
        queues=(queue, *calm.queues[1:]),
        holdings=(holding,),
        standings=(Standing(Status.TO_REVIEW, Reason.NOT_IDENTIFIED, 41),),
        quarantined=(Quarantined("7K3F-9QXM-2WTB", calm.workers[0].started_at, 5),),
    )

    text = _printed(screen(busy))

    for part in ("120", "1\u00a0h\u00a000", "32/32", "vérificateur, hote, 100", "64"):
        assert part in text
    for part in ("demandeur non identifié", "41", "7K3F-9QXM-2WTB, depuis 1\u00a0h\u00a000"):
        assert part in text


def test_a_webhook_with_something_to_say_has_its_line(calm: Snapshot) -> None:
    """What waits, what is dead, and whether it is stopped."""
    text = _printed(screen(replace(calm, webhooks=(Webhook("arles", calm.taken_at, 3, None, 2),))))

    assert "arles\u00a0: 3 en attente, mortes\u00a0: 2, webhook arrêté" in text


def test_a_campaign_that_is_not_over_has_its_line(calm: Snapshot) -> None:
    """How many are still to be priced again, of how many."""
    told = replace(calm, campaigns=(Campaign("arles-creches-2027-01-01", "paused", 5_000, 1_200),))

    line = (
        "arles-creches-2027-01-01, suspendue\u00a0: 1\u202f200 à reprendre sur 5\u202f000 dossiers"
    )
    assert line in _printed(screen(told))
    assert "Campagnes" not in _printed(screen(calm))
    assert json.loads(snapshot_json(told))["campaigns"][0]["waiting"] == 1_200


def test_what_an_operator_wrote_is_no_markup(calm: Snapshot) -> None:
    """A bracket in a reason or a host is printed, and breaks nothing."""
    switch = Switch("ringing", None, "essai [/bold] [red]", calm.taken_at, None)

    worker = replace(calm.workers[0], host="h[/x]")
    holding = Holding(Step.VERIFY, Lane.NOW, worker, 1, calm.taken_at)

    text = _printed(screen(replace(calm, switches=(switch,), holdings=(holding,))))

    assert "essai [/bold] [red]" in text
    assert "h[/x]" in text


def test_figures_are_json_too(calm: Snapshot) -> None:
    """Times are ISO 8601, lengths are seconds, alerts come along."""
    switch = Switch("ringing", None, "essai", calm.taken_at, None)

    read = json.loads(snapshot_json(replace(calm, switches=(switch,))))

    assert ("2026-11-23T03:00:00+00:00", 1.25) == (read["taken_at"], read["flow"]["half_within"])
    assert ["watch"] == [alert["gravity"] for alert in read["alerts"]]


def test_findings_are_told_with_their_sum() -> None:
    """A mark, what it is, and below what to do."""
    text = _printed(told([fine("Bien."), watch("Bof.", "Voir [x]."), broken("Non.", "Faire.")]))

    assert ["✓ Bien.", "! Bof.", "  → Voir [x].", "✗ Non.", "  → Faire."] == [
        line.rstrip() for line in text.splitlines()[:5]
    ]
    assert "1 panne, 1 point à voir." in text


@pytest.mark.parametrize("command", [status, doctor])
def test_missing_settings_are_said_and_end_in_2(command: object) -> None:
    """Without its settings a command says which, and never a value."""
    app = Typer()
    app.command()(command)  # type: ignore[type-var]

    ended = CliRunner().invoke(app, [], env={"BERCEAU_DATABASE_URL": None})

    assert 2 == ended.exit_code
    assert "Réglages incomplets : BERCEAU_DATABASE_URL" in ended.output
