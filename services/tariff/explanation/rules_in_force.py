"""The public page of an authority's rules: those of its main algorithms (CRPA L. 312-1-3). Pure."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from services.tariff.explanation.paper import (
    Block,
    Fact,
    Paper,
    PaperKind,
    Section,
    Sentence,
    Subheading,
    paragraph,
    points,
    said,
)
from services.tariff.explanation.paper import section as titled
from services.tariff.explanation.people import sender_lines
from services.tariff.explanation.tariff_rules import rules_table
from services.tariff.explanation.typography import day, typeset
from services.tariff.language.policies import SENTENCES, Policy
from services.tariff.language.tariff import Tariff
from services.tariff.language.words import Method, Profile
from shared.decisions import AuthorityTold
from shared.scheme_rules import SchemeKind

_METHODS = {
    Method.PSU: "Le prix d'une heure est une part des ressources du foyer. Cette part baisse avec "
    "le nombre d'enfants à charge. Les ressources comptent entre un plancher et un plafond.",
    Method.BANDS: "Le prix est celui de la tranche où se trouve la famille.",
    Method.LINEAR: "Le prix monte peu à peu avec les ressources, sans saut d'un euro à l'autre.",
    Method.EFFORT_RATE: "Le prix est une part des ressources de la famille, entre un prix bas et "
    "un prix haut.",
    Method.FLAT: "Le prix ne dépend pas des ressources.",
    Method.AWARD: "L'aide est celle de la tranche où se trouve la famille.",
}
_DATA = {
    Profile.EAJE: "Les ressources et les enfants à charge viennent de la CAF ou de la MSA.",
    Profile.QF: "Le quotient familial vient de la CAF ou de la MSA.",
    Profile.TAX: "Le revenu fiscal de référence et les parts viennent des impôts (DGFiP).",
}


@dataclass(frozen=True, slots=True)
class SchemeInForce:
    """A scheme and the tariff of the day; None when none is in force. `automatic`: no person."""

    name: str
    kind: SchemeKind
    automatic: bool
    tariff: Tariff | None


def rules_in_force(authority: AuthorityTold, schemes: Sequence[SchemeInForce], on: date) -> Paper:
    """The page of a day."""
    return Paper(
        kind=PaperKind.RULES_IN_FORCE,
        title=typeset(f"Les règles de nos barèmes : {authority.name}"),
        dated=on,
        sender=sender_lines(authority),
        facts=(
            Fact("En vigueur le", day(on)),
            Fact("Texte", typeset("article L. 312-1-3 du CRPA, publication des règles")),
        ),
        sections=(*(_scheme(n, scheme) for n, scheme in enumerate(schemes, start=1)), _rights()),
    )


def _scheme(place: int, scheme: SchemeInForce) -> Section:
    name = f"scheme-{place}"
    if scheme.tariff is None:
        text = "Aucun barème n'est en vigueur aujourd'hui pour ce dispositif."
        return titled(name, scheme.name, paragraph(said("scheme.none", text)))
    return titled(name, scheme.name, *_told(scheme, scheme.tariff))


def _told(scheme: SchemeInForce, tariff: Tariff) -> tuple[Block, ...]:
    aid = scheme.kind is SchemeKind.AID
    purpose = "décider d'une aide et calculer son montant" if aid else "calculer ce que vous payez"
    return (
        paragraph(
            said("scheme.purpose", f"Le traitement sert à {purpose}."),
            said("scheme.method", _METHODS[tariff.method]),
            said("scheme.data", _DATA[tariff.evidence_profile]),
            said("scheme.person", _person(automatic=scheme.automatic)),
        ),
        points(
            said("scheme.tariff", f"Barème : {tariff.title}."),
            said("scheme.period", _period(tariff)),
            said("scheme.basis", f"Fondement : {tariff.legal_basis}."),
            said("scheme.digest", f"Version {tariff.version}, empreinte {tariff.digest}."),
        ),
        rules_table(tariff),
        Subheading("Ce qu'une personne examine toujours"),
        points(*_for_a_person(tariff)),
    )


def _for_a_person(tariff: Tariff) -> Iterator[Sentence]:
    """What a machine never settles under this tariff, in the order of the language."""
    for policy in Policy:
        if policy in tariff.for_an_agent:
            yield said("scheme.policy", SENTENCES[policy])


def _person(*, automatic: bool) -> str:
    if automatic:
        return (
            "La décision est automatique, sauf cas à examiner ou donnée de santé : une personne la "
            "prend alors."
        )
    return "Une personne valide chaque décision."


def _period(tariff: Tariff) -> str:
    if tariff.valid_to is None:
        return f"En vigueur depuis le {day(tariff.valid_from)}."
    return f"En vigueur du {day(tariff.valid_from)} au {day(tariff.valid_to)}."


def _rights() -> Section:
    return titled(
        "rights",
        "Vos droits",
        points(
            said(
                "rights.applied",
                "Vous pouvez demander comment ces règles ont été appliquées à votre dossier "
                "(article L. 311-3-1 du CRPA). Écrivez au service ci-dessus.",
            ),
            said(
                "rights.referral",
                "Sans réponse en un mois, vous avez deux mois pour saisir la CADA : "
                "https://www.cada.fr",
            ),
            said(
                "rights.code",
                "CRPA : code des relations entre le public et l'administration, sur "
                "https://www.legifrance.gouv.fr",
            ),
        ),
    )
