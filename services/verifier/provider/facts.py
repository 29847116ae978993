"""From the household of an answer to the facts that are sealed. Pure."""

from services.verifier.provider.asked import Asked
from services.verifier.provider.matching import child_listed
from services.verifier.provider.wire import WireEaje, WireHousehold, WireQf, WireReceipt
from shared.evidence import EajeFacts, Month, Presence, Proof, Provenance, QfFacts


def eaje_facts(
    data: WireEaje, receipt: WireReceipt, asked: Asked, provenance: Provenance
) -> EajeFacts:
    """What the PSU fee needs, with the proof of the answer when both its parts came."""
    parameters = data.parametres_calcul_participation_familiale
    resources = parameters.base_ressources_annuelles
    return EajeFacts(
        children=parameters.nombre_enfants_a_charge,
        aeeh_children=parameters.nombre_enfants_beneficiaire_aeeh,
        annual_resources_cents=resources and resources.valeur,
        resources_year=resources and resources.annee_calcul,
        child_listed=_listed(asked, data),
        address_line=data.adresse.numero_libelle_voie,
        address_city=data.adresse.code_postal_ville,
        provenance=provenance,
        proof=_proof(receipt),
    )


def qf_facts(data: WireQf, _receipt: WireReceipt, asked: Asked, provenance: Provenance) -> QfFacts:
    """The quotient, whether it came at all, and the three months that go with it."""
    quotient = data.quotient_familial
    return QfFacts(
        quotient_familial=_presence(data),
        quotient_familial_euros=quotient and quotient.valeur,
        fund=quotient and quotient.fournisseur,
        asked=asked.period,
        answered=quotient and _month(quotient.annee, quotient.mois),
        computed=quotient and _month(quotient.annee_calcul, quotient.mois_calcul),
        child_listed=_listed(asked, data),
        address_line=data.adresse.numero_libelle_voie,
        address_city=data.adresse.code_postal_ville,
        provenance=provenance,
    )


def _presence(data: WireQf) -> Presence:
    """A key that did not come is a scope that we lack; one that is null is a figure that is not."""
    quotient = data.quotient_familial
    if "quotient_familial" not in data.model_fields_set:
        return Presence.ABSENT
    if quotient is not None and "valeur" not in quotient.model_fields_set:
        return Presence.ABSENT
    return Presence.NULL if quotient is None or quotient.valeur is None else Presence.GIVEN


def _month(year: int | None, month: int | None) -> Month | None:
    return None if year is None or month is None else Month(year=year, month=month)


def _proof(receipt: WireReceipt) -> Proof | None:
    url, code = receipt.verification_url, receipt.verification_code
    return None if url is None or code is None else Proof(url=url, code=code)


def _listed(asked: Asked, data: WireHousehold) -> bool:
    return asked.child is not None and child_listed(asked.child, data)
