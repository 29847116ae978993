"""The mention of the algorithm: CRPA L. 311-3-1 and R. 311-3-1-1, loi 78-17 article 47."""

from collections.abc import Mapping, Sequence

from services.tariff.explanation.content import Told
from services.tariff.explanation.paper import Section, Sentence, paragraph, points, said
from services.tariff.explanation.paper import section as titled
from services.tariff.explanation.people import listed
from shared.decisions import DecisionMode
from shared.scheme_rules import SchemeKind

_MODES: Mapping[DecisionMode, str] = {
    DecisionMode.AUTOMATIC: "Le traitement a pris cette décision seul, d'après des règles fixées à "
    "l'avance (article 47 de la loi Informatique et libertés). Vous pouvez demander à une personne "
    "de la réexaminer.",
    DecisionMode.VALIDATED: "Le traitement a proposé cette décision. Une personne l'a vérifiée, "
    "puis validée.",
    DecisionMode.BY_AGENT: "Une personne a pris cette décision. Le traitement l'a aidée à examiner "
    "votre demande.",
}


def section(tolds: Sequence[Told]) -> Section:
    """Purpose of the processing, right to its rules, how to use it, referral to the CADA."""
    return titled(
        "algorithm",
        "Un traitement automatisé vous concerne",
        paragraph(said("algorithm.purpose", _purpose(tolds[0])), *_modes(tolds)),
        points(_right(), _exercise(tolds), _referral(), _published(tolds[0])),
    )


def _modes(tolds: Sequence[Told]) -> tuple[Sentence, ...]:
    return tuple(map(mode_sentence, dict.fromkeys(told.decision.mode for told in tolds)))


def mode_sentence(mode: DecisionMode) -> Sentence:
    """How much of the decision was the processing's."""
    return said("algorithm.mode", _MODES[mode])


def _purpose(told: Told) -> str:
    aid = told.decision.scheme.kind is SchemeKind.AID
    what = "vérifier les conditions et calculer votre aide" if aid else "calculer votre tarif"
    return (
        "Cette décision repose sur un traitement algorithmique. Il sert à "
        f"{what} avec le même barème pour toutes les familles."
    )


def _right() -> Sentence:
    return said(
        "algorithm.right",
        "Vous avez le droit de connaître les règles de ce traitement, et la façon dont elles ont "
        "été appliquées à votre dossier (articles L. 311-3-1 et R. 311-3-1-1 du CRPA).",
    )


def _exercise(tolds: Sequence[Told]) -> Sentence:
    references = listed([told.decision.reference for told in tolds])
    word = "la référence" if len(tolds) == 1 else "les références"
    return said(
        "algorithm.exercise",
        "Pour les obtenir, écrivez-nous : nos coordonnées sont en haut de cette lettre. Donnez "
        f"{word} {references}.",
    )


def _referral() -> Sentence:
    return said(
        "algorithm.referral",
        "Sans réponse en un mois, ou en cas de refus, vous pouvez saisir la CADA dans les deux "
        "mois (articles R. 311-12, R. 311-13 et R. 343-1 du CRPA). C'est la commission d'accès aux "
        "documents administratifs : https://www.cada.fr, ou TSA 50730, 75334 Paris Cedex 07.",
    )


def _published(told: Told) -> Sentence | None:
    url = told.decision.authority.contact.rules_url
    if url is None:
        return None
    text = f"Les règles de nos barèmes sont publiées (article L. 312-1-3 du CRPA) : {url}"
    return said("algorithm.published", text)
