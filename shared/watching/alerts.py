"""Alerts: what is wrong at 3 a.m., worst first, each with what to do about it."""

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime, timedelta

from shared.maintenance import LULL_S, Calendar, announced
from shared.protocol.switching import AUTHORITY, BREAKER, QUEUE, RINGING_SWITCH, TOKEN
from shared.states import Lane, Reason, Status, Step
from shared.watching.alert import Alert as Alert  # noqa: PLC0414 - one vocabulary
from shared.watching.alert import Gravity as Gravity  # noqa: PLC0414
from shared.watching.figures import SCHEDULER, SERVICE_OF, Queue, Snapshot, Switch
from shared.watching.webhook_alerts import nobody_tells, not_told
from shared.watching.words import (
    counted,
    duration,
    moment,
    queue_words,
    service_words,
    since,
    switch_words,
)

SILENT_AFTER = timedelta(seconds=30)  # a due, free application is rung well before
LATE_AFTER = timedelta(minutes=15)  # for the lane of those who wait behind a screen
STUCK_AFTER = timedelta(seconds=30)  # the scheduler frees what the dead held every second

_WITHHELD: Mapping[str, str] = {
    Reason.HABILITATION_EXPIRED: "le jeton ou l'habilitation a pris fin",
    Reason.OUTSIDE_HABILITATION: "la donnée ou le destinataire est hors de l'habilitation",
}


def alerts(now: Snapshot) -> tuple[Alert, ...]:
    """Everything wrong in these figures, worst first; empty when all is well."""
    found = (alert for rule in _RULES for alert in rule(now))
    return tuple(sorted(found, key=lambda alert: alert.gravity))


def _redis_silent(now: Snapshot) -> Iterator[Alert]:
    if not now.redis_answers:
        yield Alert(
            Gravity.BROKEN,
            "Redis ne répond pas : les dossiers seront repris dès son retour.",
            "Relancer Redis, puis vérifier avec berceau doctor. Aucun dossier n'est perdu.",
        )


def _no_worker(now: Snapshot) -> Iterator[Alert]:
    for step, service in SERVICE_OF.items():
        if now.alive(service) == 0:
            due = sum(queue.due for queue in now.queues if queue.step is step)
            yield _nobody_for(service, due)


def _nobody_for(service: str, due: int) -> Alert:
    who = f"Aucun {service_words(service)} vivant"
    remedy = f"Démarrer berceau {service}, ou lire son journal s'il s'arrête aussitôt."
    if due == 0:
        return Alert(Gravity.WATCH, f"{who} ; rien n'est dû pour l'instant.", remedy)
    verb = "sont dus" if due > 1 else "est dû"
    return Alert(Gravity.BROKEN, f"{who} alors que {counted(due, 'dossier')} {verb}.", remedy)


def _no_scheduler(now: Snapshot) -> Iterator[Alert]:
    """Only to watch: what is due is told as a breakdown, and one of the first release beats not."""
    if now.alive(SCHEDULER) == 0:
        yield Alert(
            Gravity.WATCH,
            "Aucun planificateur vivant : ce qui attend une date n'est plus repris.",
            "Démarrer berceau scheduler, ou lire son journal s'il s'arrête aussitôt.",
        )


def _quarantined(now: Snapshot) -> Iterator[Alert]:
    count = now.in_status(Status.QUARANTINED)
    if count:
        yield Alert(
            Gravity.WATCH,
            f"{counted(count, 'dossier')} en quarantaine.",
            "Ouvrir la chronologie de chacun et chercher, à la même heure, l'erreur dans les "
            "journaux des services.",
        )


def _withheld(now: Snapshot) -> Iterator[Alert]:
    for reason, why in _WITHHELD.items():
        waiting = (one for one in now.standings if one.status == Status.PARKED)
        count = sum(one.count for one in waiting if one.reason == reason)
        if count:
            yield Alert(
                Gravity.BROKEN,
                f"{counted(count, 'dossier')} sans appel à l'État : {why}.",
                "berceau habilitation check dit laquelle et pourquoi ; une fois corrigée, ils "
                "repartent dans la minute.",
            )


def _switched_off(now: Snapshot) -> Iterator[Alert]:
    for switch in now.switches:
        if switch.name.startswith(TOKEN):
            yield _token_refused(switch)
        elif switch.name.startswith(BREAKER):
            yield _endpoint_down(switch)
        else:
            until = f"jusqu'au {moment(switch.until)} UTC" if switch.until else "sans date de fin"
            why = switch.reason.rstrip(".")
            what = f"{switch_words(switch.name, switch.habilitation)} {until} : {why}."
            yield Alert(Gravity.WATCH, what, _resume(switch))


def _token_refused(switch: Switch) -> Alert:
    return Alert(
        Gravity.BROKEN,
        f"Le jeton de l'habilitation « {switch.habilitation} » est refusé par l'État : ses appels "
        "sont arrêtés.",
        "Donner un jeton valable (berceau habilitation change), ou, la cause ôtée, berceau resume "
        f"{switch.habilitation}. Un seul appel l'essaie toutes les six heures.",
    )


def _endpoint_down(switch: Switch) -> Alert:
    return Alert(
        Gravity.WATCH,
        f"Le service « {switch.name.removeprefix(BREAKER)} » de l'État est en panne "
        f"({switch.reason}) : les appels attendent.",
        "Rien à faire : quelques appels l'essaient, et tout reprend au premier qui passe.",
    )


def _resume(switch: Switch) -> str:
    if switch.habilitation is None:
        return f"berceau resume {switch.name}, dès que sa cause a disparu."
    return (
        "Vérifier le jeton avec berceau doctor ; la suspension tombe à sa date, ou par "
        f"berceau resume {switch.habilitation}."
    )


def _maintained(now: Snapshot) -> Iterator[Alert]:
    ends = max(_maintenance(now).values(), default=None)
    if ends is not None and any(queue.step is Step.VERIFY and queue.due for queue in now.queues):
        yield Alert(
            Gravity.WATCH,
            f"Maintenance annoncée par l'État jusqu'au {moment(ends)} UTC : les appels attendent.",
            "Rien à faire : ils reprennent dans la minute qui suit.",
        )


def _maintenance(now: Snapshot) -> Mapping[str, datetime]:
    return Calendar(announced(), timedelta(seconds=LULL_S[1])).closed(now.taken_at)


def _held_by_the_dead(now: Snapshot) -> Iterator[Alert]:
    stuck = [
        holding
        for holding in now.holdings
        if now.taken_at - holding.oldest_claimed_at > STUCK_AFTER
        and (holding.worker is None or now.taken_at - holding.worker.alive_until > STUCK_AFTER)
    ]
    if stuck:
        held = counted(sum(holding.held for holding in stuck), "dossier")
        yield Alert(
            Gravity.BROKEN,
            f"{held} aux mains d'un processus mort, et personne ne les libère.",
            "Vérifier que berceau scheduler tourne : il les libère en quelques secondes.",
        )


def _nothing_rings(now: Snapshot) -> Iterator[Alert]:
    for queue in now.queues:
        if _silent(queue, now):
            waited = since(queue.oldest_due_at, now.taken_at)
            yield Alert(
                Gravity.BROKEN,
                f"{queue_words(queue.step, queue.lane)} : le plus ancien dossier attend depuis "
                f"{waited} et rien ne sonne.",
                "Vérifier que berceau scheduler tourne.",
            )


def _silent(queue: Queue, now: Snapshot) -> bool:
    idle = queue.waiting == 0 and queue.held == 0 and now.alive(SERVICE_OF[queue.step]) > 0
    return idle and not _suspended(queue, now) and _older(queue, now, SILENT_AFTER)


def _suspended(queue: Queue, now: Snapshot) -> bool:
    if queue.step is Step.VERIFY and _maintenance(now):
        return True
    return any(
        switch.name in (RINGING_SWITCH, f"{QUEUE}{queue.step}.{queue.lane}")
        or switch.name.startswith(AUTHORITY)
        or (queue.step is Step.VERIFY and not switch.name.startswith(QUEUE))
        for switch in now.switches
    )


def _older(queue: Queue, now: Snapshot, age: timedelta) -> bool:
    return queue.oldest_due_at is not None and now.taken_at - queue.oldest_due_at > age


def _late(now: Snapshot) -> Iterator[Alert]:
    for queue in now.queues:
        working = queue.held > 0 or queue.waiting
        if queue.lane is Lane.NOW and working and _older(queue, now, LATE_AFTER):
            yield Alert(
                Gravity.WATCH,
                f"{queue_words(queue.step, queue.lane)} : le plus ancien dossier attend depuis "
                f"{since(queue.oldest_due_at, now.taken_at)}, plus de {duration(LATE_AFTER)}.",
                "Démarrer d'autres processus, ou vérifier le rythme de l'habilitation.",
            )


def _oversleeping(now: Snapshot) -> Iterator[Alert]:
    late = [wake for wake in now.parked if now.taken_at - wake.wakes_at > STUCK_AFTER]
    if late:
        yield Alert(
            Gravity.BROKEN,
            f"Des dossiers en attente auraient dû être repris le {moment(late[0].wakes_at)} UTC.",
            "Vérifier que berceau scheduler tourne : c'est lui qui les réveille.",
        )


_RULES: tuple[Callable[[Snapshot], Iterator[Alert]], ...] = (
    _redis_silent,
    _no_worker,
    _no_scheduler,
    nobody_tells,
    _held_by_the_dead,
    _nothing_rings,
    _oversleeping,
    _withheld,
    _quarantined,
    not_told,
    _switched_off,
    _maintained,
    _late,
)
