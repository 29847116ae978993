"""What changed since the version before, why, and what is owed for the months gone by."""

from collections.abc import Mapping
from datetime import timedelta

from services.tariff.explanation.content import Told
from services.tariff.explanation.paper import Paragraph, Points, Sentence, said
from services.tariff.explanation.prices import one_of, price_of
from services.tariff.explanation.typography import day
from shared.decisions import Before, Change, DecisionKind, Difference
from shared.money import Money

_WHY: Mapping[Change, str] = {
    Change.RESOURCES: "Vos ressources ont changé.",
    Change.CHILDREN: "Les enfants pris en compte dans votre foyer ont changé.",
    Change.DISABILITY: "Les enfants pris en compte dans votre foyer ont changé.",
    Change.TARIFF: "Le barème a changé.",
    Change.HOURS: "Les heures réservées ont changé.",
    Change.RESIDENCE: "Votre commune de résidence a changé.",
    Change.QUOTIENT: "Votre quotient familial a changé.",
    Change.RANK: "Le nombre de vos enfants inscrits a changé.",
    Change.CORRECTION: "Le barème que nous avions appliqué contenait une erreur : nous la "
    "corrigeons.",
}
"""A change of AEEH is told as any change of the children counted: it is health data."""


def blocks(told: Told) -> tuple[Paragraph | Points, ...]:
    """What is replaced, why, and what is owed; nothing for a first decision."""
    decision = told.decision
    if decision.before is None:
        return ()
    why = dict.fromkeys(_WHY[change] for change in decision.because)
    owed = [] if decision.difference is None else [_owed(decision.difference)]
    return (
        Paragraph((*_replaced(told, decision.before), *_amounts(told, decision.before))),
        Paragraph((said("change.why", "Voici pourquoi :"),) if why else ()),
        Points(tuple(said("change.because", text) for text in why)),
        Paragraph(tuple(owed)),
    )


def _replaced(told: Told, before: Before) -> list[Sentence]:
    since, until = before.valid_from, told.decision.valid_from - timedelta(days=1)
    text = f"Cette décision remplace celle qui s'appliquait depuis le {day(since)}."
    if until < since:
        return [said("change.replaces", text)]
    kept = f"La décision précédente reste valable jusqu'au {day(until)}."
    return [said("change.replaces", text), said("change.kept", kept)]


def _amounts(told: Told, before: Before) -> list[Sentence]:
    price = price_of(told.record)
    if price is None:
        return []
    aid = told.decision.kind is DecisionKind.AWARDED
    was, now = ("Vous receviez", "vous recevez") if aid else ("Vous payiez", "vous payez")
    if before.monthly_cents is not None and price.of_month is not None:
        old, new = Money(before.monthly_cents), price.of_month
        text = f"{was} {old.in_french} par mois. Maintenant, {now} {new.in_french} par mois."
        return [said("change.month", text)]
    if before.price_cents is None:
        return []
    old, new = Money(before.price_cents), price.of_unit
    unit = one_of(price.unit)
    text = f"Le prix pour {unit} passe de {old.in_french} à {new.in_french}."
    return [said("change.unit", text)]


def _owed(difference: Difference) -> Sentence:
    months = f"Pour les {difference.months} mois déjà écoulés"
    if difference.months == 1:
        months = "Pour le mois déjà écoulé"
    if difference.owed_cents is None:
        text = f"{months}, la différence dépend des heures facturées."
    elif difference.owed_cents == 0:
        text = f"{months}, il n'y a aucune différence à régler."
    else:
        amount = Money(abs(difference.owed_cents)).in_french
        owes = "vous devez encore" if difference.owed_cents > 0 else "nous vous devons"
        text = f"{months}, {owes} {amount}."
    return said("change.owed", text)
