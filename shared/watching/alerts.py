"""Alerts: what is wrong at 3 a.m., worst first, each with what to do about it."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from enum import IntEnum

from shared.protocol.ringing import RINGING_SWITCH
from shared.states import Lane, Status, Step
from shared.watching.figures import SERVICE_OF, Queue, Snapshot, Switch
from shared.watching.words import counted, duration, moment, queue_words, service_words, since

SILENT_AFTER = timedelta(seconds=30)  # a due, free application is rung well before
LATE_AFTER = timedelta(minutes=15)  # for the lane of those who wait behind a screen
STUCK_AFTER = timedelta(seconds=30)  # the scheduler frees what the dead held every second


class Gravity(IntEnum):
    """How soon a person must look; the lower, the sooner."""

    BROKEN = 0
    WATCH = 1


@dataclass(frozen=True, slots=True)
class Alert:
    """What is wrong, and what to do."""

    gravity: Gravity
    what: str
    remedy: str


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


def _quarantined(now: Snapshot) -> Iterator[Alert]:
    count = now.in_status(Status.QUARANTINED)
    if count:
        yield Alert(
            Gravity.WATCH,
            f"{counted(count, 'dossier')} en quarantaine.",
            "Ouvrir la chronologie de chacun et chercher, à la même heure, l'erreur dans les "
            "journaux des services.",
        )


def _switched_off(now: Snapshot) -> Iterator[Alert]:
    for switch in now.switches:
        until = f"jusqu'au {moment(switch.until)} UTC" if switch.until else "sans date de fin"
        yield Alert(Gravity.WATCH, f"{_paused(switch)} {until} : {switch.reason}.", _resume(switch))


def _paused(switch: Switch) -> str:
    if switch.name == RINGING_SWITCH:
        return "La sonnerie est suspendue"
    if switch.habilitation is not None:
        return f"L'habilitation « {switch.habilitation} » est suspendue"
    return f"« {switch.name} » est suspendu"


def _resume(switch: Switch) -> str:
    if switch.habilitation is None:
        return f"berceau resume {switch.name}, dès que sa cause a disparu."
    return (
        "Vérifier le jeton avec berceau doctor ; la suspension tombe à sa date, ou par "
        f"berceau resume {switch.habilitation}."
    )


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
    return any(
        switch.name == RINGING_SWITCH or queue.step is Step.VERIFY for switch in now.switches
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
    _held_by_the_dead,
    _nothing_rings,
    _oversleeping,
    _quarantined,
    _switched_off,
    _late,
)
