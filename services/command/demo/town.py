"""The demo's town: an invented authority, its three nurseries, and its automatic scheme."""

from datetime import UTC, datetime

from services.command.founding import Access, Plan, Structure

SCHEME = "creches"
_SIRET = "21130000900019"  # a SIRET of the right form; the town of the demo is invented

_EAJE = "cnav_participation_familiale_eaje"
_DOSSIER = {  # everybody in it is invented, as the town is
    "request": "demo",
    "title": "Tarification des crèches de Berceau-sur-Loire",
    "purpose": (
        "Calculer la participation des familles dont un enfant est admis en crèche, selon le "
        "barème national ; les agents de la petite enfance s'en servent."
    ),
    "simplification": "La famille ne remet plus d'attestation de la CAF ni d'avis d'imposition.",
    "volume": {"per_minute": 1_080, "per_day": 20_000, "per_year": 200_000},
    "legal_bases": [
        "Article L. 114-8 du code des relations entre le public et l'administration",
        "Règlement (UE) 2016/679 (RGPD), article 6, paragraphe 1, point e",
    ],
    "deliberation": {
        "number": "2026-001",
        "date": "2026-01-15",
        "data": ["ressources", "enfants_a_charge", "enfants_aeeh", "adresse"],
    },
    "convention": {"date": "2026-01-20"},
    "scopes": [f"{_EAJE}_{one}" for one in ("allocataires", "enfants", "adresse")]
    + [f"{_EAJE}_parametres_calcul"],
    "recipients": ["Agents de la petite enfance qui instruisent les demandes"],
    "retention_months": 36,
    "contacts": {
        name: {
            "given_name": "Camille",
            "family_name": "Inventé",
            "role": role,
            "email": f"{name}@berceau-sur-loire.example",
            "phone": "04 00 00 00 00",
        }
        for name, role in {
            "controller": "maire",
            "dpo": "déléguée à la protection des données",
            "business": "directrice de la petite enfance",
            "technical": "responsable informatique",
        }.items()
    },
}

_SIGNATORIES = (
    {
        "first_name": "Camille",
        "last_name": "Inventé",
        "function": "adjointe au maire déléguée à la petite enfance",
        "service": "Direction de la petite enfance",
        "act": "arrêté de délégation nº 2026-014 du 12 janvier 2026",
    },
)
_CONTACT = {
    "service": "Direction de la petite enfance",
    "address": ["1 place de la Mairie", "13999 Berceau-sur-Loire"],
    "email": "petite-enfance@berceau-sur-loire.example",
    "phone": "04 00 00 00 00",
    "dpo": "Délégué à la protection des données, dpo@berceau-sur-loire.example",
    "tribunal": "Tribunal administratif de Marseille",
    "tribunal_address": "31 rue Jean-François Leca, 13002 Marseille",
    "rules_url": "https://berceau-sur-loire.example/regles",
    "privacy_url": "https://berceau-sur-loire.example/donnees",
}
_RULES = {"silence": {"effect": "rejection", "months": 2}}  # a sum of money: CRPA L.231-4, 3°


def plan(*, token: str, key_hash: bytes, pace: int) -> Plan:
    """The town, with the right to call the simulator at this pace (calls a second)."""
    return Plan(
        code="berceau-sur-loire",
        name="Ville de Berceau-sur-Loire",
        kind="commune",
        siret=_SIRET,
        structures=(
            Structure("les-mesanges", "Crèche Les Mésanges", ("collectif",)),
            Structure("la-ribambelle", "Micro-crèche La Ribambelle", ("micro_creche",)),
            Structure(
                "au-fil-de-l-eau", "Crèche familiale Au fil de l'eau", ("familial_parental",)
            ),
        ),
        access=Access(
            code="demo",
            recipient=_SIRET,
            token=token,
            token_expires_at=_end_of_token(),
            pace=pace,
            burst=max(2, pace // 10),
            dossier=_DOSSIER,
        ),
        scheme=SCHEME,
        scheme_name="Accueil en crèche (barème national)",
        automatic_ground=(
            "Démonstration sur des familles inventées : aucune décision réelle n'est prise. Les "
            "tarifs qui tiennent compte de l'AEEH attendent quand même un agent."
        ),
        portal="demo-famille",
        portal_name="Espace famille de démonstration",
        portal_key_hash=key_hash,
        stages=("admission", "estimate"),
        signatories=_SIGNATORIES,
        contact=_CONTACT,
        rules=_RULES,
    )


def _end_of_token() -> datetime:
    """The end of next year: the same all year long, so that founding anew changes nothing."""
    return datetime(datetime.now(UTC).year + 2, 1, 1, tzinfo=UTC)
