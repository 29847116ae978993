"""Data protection: what articles 13 and 14 of the RGPD have told to whom the data is about."""

from collections.abc import Sequence

from services.tariff.explanation.content import Told
from services.tariff.explanation.inputs import data_used
from services.tariff.explanation.paper import Section, Sentence, paragraph, points, said
from services.tariff.explanation.paper import section as titled
from services.tariff.explanation.people import how_to_reach
from shared.scheme_rules import SchemeKind


def section(tolds: Sequence[Told]) -> Section:
    """Controller, legal basis, recipients, retention, rights, DPO, complaint."""
    told = tolds[0]
    return titled(
        "privacy",
        "Vos données personnelles",
        paragraph(_controller(told), _basis(tolds)),
        points(_recipients(tolds), _retention(told), _rights(told), _complaint(), _more(told)),
    )


def _controller(told: Told) -> Sentence:
    authority = told.decision.authority
    return said(
        "privacy.controller",
        f"Le responsable du traitement est : {authority.name} (SIRET {authority.siret}).",
    )


def _basis(tolds: Sequence[Told]) -> Sentence:
    law = ""
    records = (told.record for told in tolds if told.record is not None)
    if any(datum.certified for record in records for datum in data_used(record)):
        law = (
            " Les administrations échangent ces données en application de l'article L. 114-8 du "
            "CRPA."
        )
    return said(
        "privacy.basis",
        "Il remplit une mission d'intérêt public (article 6, paragraphe 1, point e, du RGPD)."
        + law,
    )


def _recipients(tolds: Sequence[Told]) -> Sentence:
    structures = dict.fromkeys(told.decision.structure for told in tolds if told.decision.structure)
    named = "".join(f", l'établissement « {structure} »" for structure in structures)
    return said(
        "privacy.recipients",
        f"Qui les reçoit : nos agents habilités à traiter votre dossier{named} et le portail "
        "par lequel vous avez fait la demande.",
    )


def _retention(told: Told) -> Sentence:
    months = told.decision.authority.contact.retention_months
    of = "de l'aide" if told.decision.scheme.kind is SchemeKind.AID else "de l'accueil"
    if months is None:
        text = (
            "Combien de temps : le temps du dossier et des recours, puis elles sont effacées. "
            "Demandez-nous la durée exacte."
        )
    else:
        text = f"Combien de temps : {_long(months)} après la fin {of}, au plus tard."
    return said("privacy.retention", text)


def _long(months: int) -> str:
    years, rest = divmod(months, 12)
    if rest or not years:
        return f"{months} mois"
    return "un an" if years == 1 else f"{years} ans"


def _rights(told: Told) -> Sentence:
    authority = told.decision.authority
    to = authority.contact.dpo or how_to_reach(authority)
    return said(
        "privacy.rights",
        "Vos droits : consulter vos données, les corriger, en limiter l'usage ou vous y opposer. "
        f"Écrivez au délégué à la protection des données : {to}.",
    )


def _complaint() -> Sentence:
    return said(
        "privacy.complaint",
        "Si notre réponse ne vous convient pas, vous pouvez vous plaindre à la CNIL : "
        "https://www.cnil.fr/plaintes, ou 3 place de Fontenoy, TSA 80715, 75334 Paris Cedex 07.",
    )


def _more(told: Told) -> Sentence | None:
    url = told.decision.authority.contact.privacy_url
    return None if url is None else said("privacy.more", f"Pour en savoir plus : {url}")
