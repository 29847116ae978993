"""What a letter should say and the record does not hold, for whoever prints it. Pure."""

from shared.decisions import Envelope

_AUTHOR = "l'auteur de la décision (prénom, nom, fonction, service)"
_CONTACT = {
    "address": "l'adresse postale du service",
    "tribunal": "le tribunal compétent",
    "tribunal_address": "l'adresse du tribunal",
    "dpo": "le délégué à la protection des données",
    "retention_months": "la durée de conservation des données",
}


def lacks_of(decision: Envelope) -> tuple[str, ...]:
    """What is missing, in French; an administration's decision without its author is unlawful."""
    contact = decision.authority.contact
    missing = [words for name, words in _CONTACT.items() if not getattr(contact, name)]
    if not (contact.email or contact.phone):
        missing.insert(0, "un courriel ou un téléphone du service")
    return (*(() if decision.author else (_AUTHOR,)), *missing)
