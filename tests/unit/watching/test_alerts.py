"""What a person reads first at 3 a.m.: each fault is told, and a calm moment is silent."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from shared.states import Lane, Reason, Status, Step
from shared.watching.alerts import Gravity, alerts
from shared.watching.figures import (
    Finding,
    Holding,
    Invariant,
    Queue,
    Snapshot,
    Standing,
    Switch,
    WakeUp,
    Webhook,
    Worker,
)


def _due(now: Snapshot, *, since: timedelta, **changes: int | None) -> tuple[Queue, ...]:
    """The queues of a moment in which 120 applications are due in the first one."""
    first = replace(now.queues[0], due=120, oldest_due_at=now.taken_at - since)
    return (replace(first, **changes), *now.queues[1:])  # type: ignore[arg-type]


def _whats(now: Snapshot) -> list[str]:
    return [alert.what for alert in alerts(now)]


def test_a_calm_moment_is_silent(calm: Snapshot) -> None:
    """Nothing wrong, nothing said."""
    assert () == alerts(calm)


def test_redis_that_does_not_answer_is_told(calm: Snapshot) -> None:
    """No Redis is a fault, said with what it costs."""
    silent = replace(calm, queues=tuple(replace(queue, waiting=None) for queue in calm.queues))

    assert ["Redis ne répond pas : les dossiers seront repris dès son retour."] == _whats(silent)


def test_nobody_for_what_is_due_is_a_breakdown(calm: Snapshot) -> None:
    """Applications are due and no worker of that step lives."""
    others = tuple(w for w in calm.workers if w.service != "verifier")
    now = replace(calm, workers=others, queues=_due(calm, since=timedelta(minutes=5)))

    assert ["Aucun vérificateur vivant alors que 120 dossiers sont dus."] == _whats(now)
    assert [Gravity.BROKEN] == [alert.gravity for alert in alerts(now)]


def test_nobody_with_nothing_due_is_only_watched(calm: Snapshot) -> None:
    """A step without a worker and without work can wait for the morning, as can the clock."""
    dead = tuple(replace(w, alive_until=calm.taken_at) for w in calm.workers)

    gravities = [alert.gravity for alert in alerts(replace(calm, workers=dead))]

    assert [Gravity.WATCH] * 3 == gravities


def test_a_scheduler_that_is_gone_is_told(calm: Snapshot) -> None:
    """Before anything waits for it: the runbook is about this sentence."""
    workers = tuple(w for w in calm.workers if w.service != "scheduler")
    now = replace(calm, workers=workers)

    assert ["Aucun planificateur vivant : ce qui attend une date n'est plus repris."] == _whats(now)


@pytest.mark.parametrize(
    ("count", "said"), [(1, "1 dossier en quarantaine."), (3, "3 dossiers en quarantaine.")]
)
def test_quarantine_is_told(count: int, said: str, calm: Snapshot) -> None:
    """Applications set aside are counted."""
    aside = Standing(Status.QUARANTINED, Reason.NEVER_FINISHED, count)

    assert [said] == _whats(replace(calm, standings=(aside,)))


def test_a_suspended_habilitation_is_told_by_its_code(calm: Snapshot) -> None:
    """A pause says whose, until when and why."""
    until = calm.taken_at + timedelta(hours=1)
    switch = Switch("habilitation:1", "demo", "jeton refusé", calm.taken_at, until)

    assert [
        "L'habilitation « demo » est suspendue jusqu'au 23/11/2026 04:00:00 UTC : jeton refusé."
    ] == _whats(replace(calm, switches=(switch,)))


def test_a_refused_token_is_a_breakdown(calm: Snapshot) -> None:
    """Only a person can mend it: it is told as long as it lasts, above what can wait."""
    switch = Switch("token:1:0a1b", "demo", "Forbidden", calm.taken_at, calm.taken_at)
    [alert] = alerts(replace(calm, switches=(switch,)))

    assert alert.gravity is Gravity.BROKEN
    assert alert.what.startswith("Le jeton de l'habilitation « demo » est refusé par l'État")
    assert "berceau resume demo" in alert.remedy


def test_an_endpoint_that_is_down_is_told_and_asks_for_nothing(calm: Snapshot) -> None:
    """With the failure's name; while its calls wait, that nothing rings is no second alert."""
    until = calm.taken_at + timedelta(seconds=5)
    switch = Switch("breaker:eaje", None, "read_timeout", calm.taken_at, until)
    queues = _due(calm, since=timedelta(minutes=5))

    assert [
        "Le service « eaje » de l'État est en panne (read_timeout) : les appels attendent."
    ] == _whats(replace(calm, switches=(switch,), queues=queues))


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("queue:verify.now", "La file « verify.now » est suspendue"),
        ("authority:arles", "La collectivité « arles » est suspendue"),
        ("endpoint:eaje", "Le service « eaje » de l'État est suspendu"),
        ("provider:dgfip", "Le fournisseur « dgfip » est suspendu"),
        ("autre", "« autre » est suspendu"),
    ],
)
def test_each_switch_is_told_in_words(name: str, said: str, calm: Snapshot) -> None:
    """And the silence that it makes is not told again."""
    switch = Switch(name, None, "essai", calm.taken_at, None)
    queues = _due(calm, since=timedelta(minutes=5))

    [alert] = alerts(replace(calm, switches=(switch,), queues=queues))

    assert f"{said} sans date de fin : essai." == alert.what
    assert alert.remedy.startswith(f"berceau resume {name}, ")


def test_the_pause_of_one_queue_hides_no_other(calm: Snapshot) -> None:
    """What does not ring elsewhere is told."""
    switch = Switch("queue:price.now", None, "essai", calm.taken_at, None)
    queues = _due(calm, since=timedelta(minutes=5))

    assert 2 == len(alerts(replace(calm, switches=(switch,), queues=queues)))


def test_announced_maintenance_is_told_instead_of_silence(calm: Snapshot) -> None:
    """A Sunday evening is no breakdown; with nothing due, it is nothing at all."""
    sunday = datetime(2026, 11, 22, 22, 30, tzinfo=UTC)  # 23:30 in Paris
    alive = tuple(replace(w, alive_until=sunday + timedelta(seconds=6)) for w in calm.workers)
    now = replace(calm, taken_at=sunday, workers=alive)

    assert [] == _whats(now)
    assert [
        "Maintenance annoncée par l'État jusqu'au 22/11/2026 22:46:00 UTC : les appels attendent."
    ] == _whats(replace(now, queues=_due(now, since=timedelta(minutes=5))))


def test_ringing_switched_off_is_told_instead_of_silence(calm: Snapshot) -> None:
    """When ringing is paused, that it does not ring is no second alert."""
    switch = Switch("ringing", None, "essai", calm.taken_at, None)
    queues = _due(calm, since=timedelta(minutes=5))

    assert ["La sonnerie est suspendue sans date de fin : essai."] == _whats(
        replace(calm, switches=(switch,), queues=queues)
    )


def test_nothing_that_rings_is_told(calm: Snapshot) -> None:
    """Workers live, Redis is empty, and the oldest waits: the scheduler is missing."""
    queues = _due(calm, since=timedelta(minutes=4))

    (said,) = _whats(replace(calm, queues=queues))

    assert said.startswith("Vérification, immédiat : le plus ancien dossier attend depuis 4")
    assert said.endswith("et rien ne sonne.")


def test_a_doorbell_just_missed_is_not_told(calm: Snapshot) -> None:
    """For half a minute, nothing in Redis is how an idle system looks."""
    assert [] == _whats(replace(calm, queues=_due(calm, since=timedelta(seconds=29))))


def test_late_work_is_told_for_the_lane_of_those_who_wait(calm: Snapshot) -> None:
    """Past a quarter of an hour with workers busy, more of them are needed."""
    late = _due(calm, since=timedelta(minutes=16), waiting=32, held=64)
    bulk = (replace(late[0], lane=Lane.BULK), *late[1:])

    assert 1 == len(_whats(replace(calm, queues=late)))
    assert [] == _whats(replace(calm, queues=bulk))


@pytest.mark.parametrize("known", [True, False])
def test_what_the_dead_hold_too_long_is_told(known: bool, calm: Snapshot) -> None:  # noqa: FBT001
    """The scheduler frees it within seconds; when it does not, somebody must know."""
    long_ago = calm.taken_at - timedelta(minutes=2)
    dead = Worker("verifier", "hote", 7, long_ago, long_ago) if known else None
    holding = Holding(Step.VERIFY, Lane.NOW, dead, 12, long_ago)

    assert ["12 dossiers aux mains d'un processus mort, et personne ne les libère."] == _whats(
        replace(calm, holdings=(holding,))
    )


def test_what_the_living_or_the_just_dead_hold_is_not_told(calm: Snapshot) -> None:
    """A long call by a living worker is normal, and the scheduler has a moment to free."""
    long_ago = calm.taken_at - timedelta(minutes=1)
    just_dead = replace(calm.workers[0], alive_until=calm.taken_at - timedelta(seconds=1))
    holdings = tuple(
        Holding(Step.VERIFY, Lane.NOW, worker, 1, long_ago)
        for worker in (calm.workers[0], just_dead)
    )

    assert [] == _whats(replace(calm, holdings=holdings))


def test_a_sleeper_that_nobody_woke_is_told(calm: Snapshot) -> None:
    """A date that has passed by half a minute means that no scheduler wakes."""
    early, late = (calm.taken_at - timedelta(seconds=s) for s in (29, 31))

    told = [
        _whats(replace(calm, parked=(WakeUp("A", Reason.NO_FILE, at, None),)))
        for at in (early, late)
    ]

    assert [0, 1] == [len(whats) for whats in told]


def test_the_worst_comes_first(calm: Snapshot) -> None:
    """Breakdowns are above what can wait."""
    aside = Standing(Status.QUARANTINED, Reason.NEVER_FINISHED, 1)
    queues = tuple(replace(queue, waiting=None) for queue in calm.queues)

    gravities = [a.gravity for a in alerts(replace(calm, standings=(aside,), queues=queues))]

    assert [Gravity.BROKEN, Gravity.WATCH] == gravities


def test_what_no_habilitation_covers_is_a_breakdown(calm: Snapshot) -> None:
    """Only ops can mend it: how many wait, why, and the command that tells more."""
    waiting = (
        Standing(Status.PARKED, Reason.OUTSIDE_HABILITATION, 2),
        Standing(Status.TO_REVIEW, Reason.OUTSIDE_HABILITATION, 7),
        Standing(Status.PARKED, Reason.HABILITATION_EXPIRED, 1),
        Standing(Status.PARKED, Reason.NO_FILE, 3),
    )
    found = alerts(replace(calm, standings=waiting))

    assert [
        "1 dossier sans appel à l'État : le jeton ou l'habilitation a pris fin.",
        "2 dossiers sans appel à l'État : la donnée ou le destinataire est hors de l'habilitation.",
    ] == [alert.what for alert in found]
    assert {Gravity.BROKEN} == {alert.gravity for alert in found}
    assert all("berceau habilitation check" in alert.remedy for alert in found)


def test_deliveries_without_a_notifier_are_a_breakdown(calm: Snapshot) -> None:
    """With one alive they are its work, and nothing is said."""
    now = replace(calm, webhooks=(Webhook("arles", None, 3, calm.taken_at, 0),))
    notifier = replace(calm.workers[0], service="notifier")

    assert ["Aucun messager vivant alors que 3 livraisons à des portails attendent."] == _whats(now)
    assert [Gravity.BROKEN] == [alert.gravity for alert in alerts(now)]
    assert [] == _whats(replace(now, workers=(*calm.workers, notifier)))


def test_dead_deliveries_and_a_stopped_webhook_are_told(calm: Snapshot) -> None:
    """With the command that mends each; neither wakes anybody up."""
    webhooks = (
        Webhook("arles", None, 0, None, 2),
        Webhook("tarascon", calm.taken_at, 0, None, 0),
    )
    found = alerts(replace(calm, webhooks=webhooks))

    assert [
        "Livraisons mortes au portail « arles » : 2.",
        "Le webhook du portail « tarascon » est arrêté : il a dit ne plus servir.",
    ] == [alert.what for alert in found]
    assert "berceau delivery replay --portal arles" in found[0].remedy
    assert "berceau portal webhook set tarascon" in found[1].remedy
    assert {Gravity.WATCH} == {alert.gravity for alert in found}


def test_broken_invariants_are_told_by_reference(calm: Snapshot) -> None:
    """What must always be true and is not comes first, and names where to look."""
    at = calm.taken_at
    found = (
        Finding(Invariant.NEXT_STEP, at, 1_000, 5, ("A", "B", "C", "D", "E")),
        Finding(Invariant.JOURNAL, at, 1_000, 0),
        Finding(Invariant.PROPOSAL_DATE, at, 1_000, 1, ("F",)),
    )
    told = alerts(replace(calm, findings=found))

    assert [
        "5 dossiers sans suite prévue (ni date, ni personne) : A, B, C et 2 de plus.",
        "1 dossier en attente d'un agent au-delà du délai où le silence décide : F.",
    ] == [alert.what for alert in told]
    assert [Gravity.BROKEN, Gravity.WATCH] == [alert.gravity for alert in told]
