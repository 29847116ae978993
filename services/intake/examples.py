"""Examples: invented families and the answers they get. OpenAPI shows them, tests post them."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from services.intake.problems import Fault, Problem
from services.intake.wordings import Kind

APPLICATION: Mapping[str, Any] = MappingProxyType(
    {
        "scheme": "creches",
        "child": {
            "birth_name": "Marchetti-Lô",
            "first_names": ["Zoé"],
            "sex": "F",
            "birth": "2025-03-04",
        },
        "applicant": {
            "birth_name": "Lô",
            "usage_name": None,
            "first_names": ["Aminata", "Rose"],
            "sex": "F",
            "birth": "1992-07-19",
            "birth_place": {"country": "99100", "commune": "13055"},
        },
        "other_representative": None,
        "identity_assurance": "franceconnect",
        "address": {
            "line": "3 rue des Tilleuls",
            "complement": None,
            "postcode": "13200",
            "city": "Arles",
            "commune": "13004",
        },
        "structure": "les-mesanges",
        "care": {
            "type": "collectif",
            "start": "2026-09-01",
            "end": "2027-07-31",
            "contract_hours": "1518.00",
            "instalments": 11,
        },
        "fund": "caf",
        "allocataire_number": None,
        "notice": {"version": "2026-01", "shown_at": "2026-11-20T09:30:00Z"},
    }
)

ONE_HOUSEHOLD: Mapping[str, Any] = MappingProxyType(
    {
        **APPLICATION,
        "child": {"birth_name": "Oyelaran", "first_names": ["Tolu"], "birth": "2025-11-30"},
        "applicant": {
            "birth_name": "Oyelaran",
            "first_names": ["Femi"],
            "sex": "M",
            "birth": "1988",
            "birth_place": {"country": "99338"},
        },
        "other_representative": {
            "birth_name": "D’Hœuvre",
            "usage_name": "Oyelaran",
            "first_names": ["Maëlle", "Anne-Lise"],
            "sex": "F",
            "birth": "1990-02",
            "birth_place": {"country": "99100", "commune": "2A004"},
        },
        "identity_assurance": "checked_by_portal",
    }
)

WITHOUT_BIRTH_COMMUNE: Mapping[str, Any] = MappingProxyType(
    {**APPLICATION, "applicant": APPLICATION["applicant"] | {"birth_place": {"country": "99100"}}}
)

ON_DOCUMENTS: Mapping[str, Any] = MappingProxyType(
    {**ONE_HOUSEHOLD, "stage": "admission", "exchange": "documents"}
    | {"child": {"birth_name": "Oyelaran", "first_names": ["Ayo"], "birth": "2025-11-30"}}
)

ON_TAX_DATA: Mapping[str, Any] = MappingProxyType(
    {
        **ONE_HOUSEHOLD,
        "scheme": "tarif-local",
        "tax_numbers": ["30 00 111 222 333", "3000444555666"],
    }
)

_WISHES: Mapping[str, Any] = MappingProxyType(
    {
        "stage": "estimate",
        "scheme": "creches",
        "applicant": APPLICATION["applicant"],
        "identity_assurance": "declared",
        "address": APPLICATION["address"],
        "declared": {"annual_resources": "48000.00", "children": 2, "disabled_children": 0},
        "notice": APPLICATION["notice"],
    }
)

PRE_REGISTRATION: Mapping[str, Any] = MappingProxyType(
    {
        **_WISHES,
        "child": APPLICATION["child"],
        "pregnancy": None,
        "other_representative": None,
        "structure": "les-mesanges",
        "care": APPLICATION["care"],
    }
)

PREGNANCY: Mapping[str, Any] = MappingProxyType(
    {
        **_WISHES,
        "pregnancy": {"expected_on": "2027-03-01"},
        "care": {"type": "collectif", "start": "2027-09-01"},
    }
)

ADMISSION: Mapping[str, Any] = MappingProxyType(
    {
        "structure": "les-mesanges",
        "care": APPLICATION["care"],
        "fund": "caf",
        "allocataire_number": None,
        "exchange": "state_data",
    }
)

ADMISSION_OF_A_NEWBORN: Mapping[str, Any] = MappingProxyType(
    {
        **ADMISSION,
        "care": {**APPLICATION["care"], "start": "2027-09-01", "end": "2028-07-31"},
        "child": {"birth_name": "Lô", "first_names": ["Noé"], "sex": "M", "birth": "2027-02-24"},
    }
)

CALLBACK: Mapping[str, Any] = MappingProxyType(
    {
        "scheme": "creches",
        "access_token": "jeton-de-franceconnect",
        "identity": {
            "family_name": "LÔ",
            "given_name": "Aminata Rose",
            "gender": "female",
            "birthdate": "1992-07-19",
        },
    }
)

REFUSED = Problem(
    Kind.INVALID_APPLICATION,
    (
        Fault(
            "/applicant/birth_place/commune",
            "birth_commune",
            "Une personne née en France a une commune de naissance : donnez son code INSEE.",
        ),
    ),
).as_json()

REQUESTS = {
    "une_representante": {"summary": "Une mère, née à Marseille", "value": dict(APPLICATION)},
    "un_foyer": {"summary": "Deux représentants d'un foyer", "value": dict(ONE_HOUSEHOLD)},
    "des_pieces": {"summary": "Une famille qui remet ses pièces", "value": dict(ON_DOCUMENTS)},
    "des_avis_d_impot": {
        "summary": "Un dispositif qui interroge l'administration fiscale : deux foyers fiscaux",
        "value": dict(ON_TAX_DATA),
    },
    "une_preinscription": {
        "summary": "Une préinscription, pour une estimation",
        "value": dict(PRE_REGISTRATION),
    },
    "une_grossesse": {"summary": "Une préinscription avant la naissance", "value": dict(PREGNANCY)},
}

BATCHES = {
    "deux_familles": {
        "summary": "Deux familles, dont une avec une clé d'idempotence",
        "value": {
            "applications": [
                {"idempotency_key": "rentree-2026-0001", "application": dict(APPLICATION)},
                {"application": dict(ONE_HOUSEHOLD)},
            ]
        },
    }
}

CALLBACKS = {"une_mere": {"summary": "Une mère passée par FranceConnect", "value": dict(CALLBACK)}}

ADMISSIONS = {
    "un_enfant": {"summary": "Un enfant déjà connu", "value": dict(ADMISSION)},
    "un_nouveau_ne": {
        "summary": "Un enfant né depuis la préinscription",
        "value": dict(ADMISSION_OF_A_NEWBORN),
    },
}
