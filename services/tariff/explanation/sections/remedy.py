"""What to do if something is wrong or changes, and when the amount is looked at again."""

from collections.abc import Sequence
from datetime import date, timedelta

from services.tariff.explanation.content import Told
from services.tariff.explanation.inputs import FUND, TAX_OFFICE, data_used
from services.tariff.explanation.paper import Section, Sentence, paragraph, points, said
from services.tariff.explanation.paper import section as titled
from services.tariff.explanation.people import how_to_reach
from services.tariff.explanation.typography import day
from shared.decisions import DecisionKind

_SET = frozenset({DecisionKind.FEE, DecisionKind.PROVISIONAL, DecisionKind.AWARDED})
_PSU = "psu"
_CORRECTED_BY = {
    FUND: "Si le chiffre vient de la CAF ou de la MSA, signalez aussi l'erreur à votre caisse : "
    "elle seule peut corriger son dossier.",
    TAX_OFFICE: "Si le chiffre vient des impôts, signalez aussi l'erreur à votre centre des "
    "finances publiques : lui seul peut corriger son dossier.",
}


def section(tolds: Sequence[Told]) -> Section:
    """Who corrects what, and how."""
    reach = how_to_reach(tolds[0].decision.authority)
    return titled(
        "remedy",
        "Si un chiffre est faux, ou si votre situation change",
        points(
            said("remedy.tell", f"Un chiffre est faux ? Contactez-nous : {reach}."),
            said(
                "remedy.right",
                "Vous avez le droit de faire corriger vos données (article 16 du RGPD). Une erreur "
                "de bonne foi n'est pas punie si vous la corrigez (article L. 123-1 du CRPA).",
            ),
            *_origins(tolds),
            _change(tolds),
        ),
        paragraph(_revision(tolds)),
    )


def _origins(tolds: Sequence[Told]) -> list[Sentence]:
    """Who corrects a certified figure: whoever certified it."""
    records = (told.record for told in tolds if told.record is not None)
    used = {datum.origin for record in records for datum in data_used(record)}
    return [said("remedy.origin", text) for origin, text in _CORRECTED_BY.items() if origin in used]


def _change(tolds: Sequence[Told]) -> Sentence:
    if any(told.decision.kind in _SET for told in tolds):
        text = (
            "Prévenez-nous aussi d'une naissance, d'une séparation, d'un changement d'emploi ou "
            "d'un déménagement. Nous referons le calcul."
        )
    else:
        text = "Si votre situation change, faites une nouvelle demande. Nous l'examinerons."
    return said("remedy.change", text)


def _revision(tolds: Sequence[Told]) -> Sentence | None:
    if not any(told.decision.kind in _SET for told in tolds):
        return None
    days = [on for on in map(revised_on, tolds) if on is not None]
    what, stays = (
        ("ce montant", "reste le même")
        if len(tolds) == 1
        else (
            "ces montants",
            "restent les mêmes",
        )
    )
    if days:
        text = f"Sans changement de votre part, nous reverrons {what} le {day(min(days))}."
    else:
        text = f"Tant que le barème et votre situation ne changent pas, {what} {stays}."
    return said("remedy.revision", text)


def revised_on(told: Told) -> date | None:
    """When the amount is looked at again: as the tariff ends, or with the resources of January.

    PSU: participations are revised on 1 January, and when a bound of the scale moves.
    """
    if told.decision.kind not in _SET or told.record is None:
        return None
    tariff = told.record["tariff"]
    ends = [] if tariff["valid_to"] is None else [date.fromisoformat(tariff["valid_to"])]
    if tariff.get("method", _PSU) == _PSU:
        ends.append(date(told.decision.valid_from.year, 12, 31))
    return min(ends) + timedelta(days=1) if ends else None
