"""Examples: invented families and the answers they get. OpenAPI shows them, tests post them."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from services.intake.problems import Fault, Kind, Problem
from services.intake.sentences import STATE_SENTENCES
from shared.states import SENTENCES, Reason, Status

_REFERENCE = "7K3F-9QXM-2WT3"
_LINKS = {
    "application": f"/v1/applications/{_REFERENCE}",
    "decision": f"/v1/applications/{_REFERENCE}/decision",
}

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

RECEIPT = {
    "reference": _REFERENCE,
    "state": Status.RECEIVED,
    "state_sentence": STATE_SENTENCES[Status.RECEIVED],
    "received_at": "2026-11-23T10:00:00Z",
    "links": _LINKS,
}

_ROW_REFUSED = Problem(
    Kind.INVALID_APPLICATION,
    (Fault("/scheme", "missing", "Ce champ est obligatoire : donnez-le."),),
)
BATCH_ANSWER = {
    "accepted": 1,
    "known": 0,
    "refused": 1,
    "rows": [
        {"row": 0, "status": 202, "receipt": RECEIPT, "problem": None},
        {"row": 1, "status": 422, "receipt": None, "problem": _ROW_REFUSED.as_json()},
    ],
}

STANDING = {
    **RECEIPT,
    "state": Status.PARKED,
    "state_sentence": STATE_SENTENCES[Status.PARKED],
    "reason": Reason.NO_FILE,
    "reason_sentence": SENTENCES[Reason.NO_FILE].family,
    "moved_at": "2026-11-23T10:00:04Z",
    "next_date": "2026-11-30",
}

WITHDRAWAL = {
    "reference": _REFERENCE,
    "state": Status.WITHDRAWN,
    "state_sentence": STATE_SENTENCES[Status.WITHDRAWN],
    "withdrawn_at": "2026-11-24T08:15:00Z",
    "links": _LINKS,
}

DECISION = {
    "reference": _REFERENCE,
    "version": 1,
    "valid_from": "2026-09-01",
    "in_force": True,
    "hourly_cents": 169,
    "monthly_cents": 23322,
    "currency": "EUR",
    "tariff": {"id": "psu-2026", "version": "1", "digest": "sha256:9f2c"},
    "engine_version": "1",
    "explanation": ["Votre tarif horaire est de 1,69 €."],
    "operations": [
        {
            "step": "monthly",
            "formula": "hourly × hours",
            "inputs": {"hourly": "1.69", "hours": "138.00"},
            "result": "233.22",
        }
    ],
}

HEALTH = {"status": "debout"}
READINESS = {"status": "prêt", "database": "prête", "redis": "joignable"}
