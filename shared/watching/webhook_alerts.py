"""Alerts on what portals are told."""

from collections.abc import Iterator

from shared.watching.alert import Alert, Gravity
from shared.watching.figures import NOTIFIER, Snapshot
from shared.watching.words import at_least, counted


def nobody_tells(now: Snapshot) -> Iterator[Alert]:
    """Deliveries wait, and no notifier lives."""
    waiting = sum(one.waiting for one in now.webhooks)
    if waiting and now.alive(NOTIFIER) == 0:
        yield Alert(
            Gravity.BROKEN,
            f"Aucun messager vivant alors que {counted(waiting, 'livraison')} à des portails "
            "attendent.",
            "Démarrer berceau notifier, ou lire son journal s'il s'arrête aussitôt.",
        )


def not_told(now: Snapshot) -> Iterator[Alert]:
    """A webhook that is stopped, or deliveries that were tried to the end."""
    for one in now.webhooks:
        if one.stopped_at is not None:
            yield Alert(
                Gravity.WATCH,
                f"Le webhook du portail « {one.portal} » est arrêté : il a dit ne plus servir.",
                f"Voir avec le portail, puis berceau portal webhook set {one.portal}. Rien n'est "
                "perdu : ce qui attend part alors.",
            )
        if one.dead:
            yield Alert(
                Gravity.WATCH,
                f"Livraisons mortes au portail « {one.portal} » : {at_least(one.dead)}.",
                "berceau delivery list dit pourquoi ; une fois le portail réparé, "
                f"berceau delivery replay --portal {one.portal}.",
            )
