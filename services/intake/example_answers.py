"""Example answers: what the families of `services.intake.examples` are told. OpenAPI shows them."""

from datetime import date

from services.intake.acknowledgement_words import Told, sentences
from services.intake.examples import PRE_REGISTRATION
from services.intake.franceconnect.told import SENTENCE
from services.intake.problems import Fault, Problem
from services.intake.sentences import CAUTION, STATE_SENTENCES
from services.intake.wordings import Kind
from shared.decisions import DecisionKind
from shared.evidence import EAJE_FRANCE_CONNECT_SOURCE
from shared.legal_clock import Clock
from shared.scheme_rules import Silence, SilenceEffect
from shared.signing import Contact
from shared.states import SENTENCES, Reason, Status

_REFERENCE = "7K3F-9QXM-2WT3"
_LINKS = {
    "application": f"/v1/applications/{_REFERENCE}",
    "acknowledgement": f"/v1/applications/{_REFERENCE}/acknowledgement",
    "decision": f"/v1/applications/{_REFERENCE}/decision",
    "estimate": None,
}
_LINKS_OF_ESTIMATE = _LINKS | {"estimate": f"/v1/applications/{_REFERENCE}/estimate"}

RECEIPT = {
    "reference": _REFERENCE,
    "state": Status.RECEIVED,
    "state_sentence": STATE_SENTENCES[Status.RECEIVED],
    "received_at": "2026-11-23T10:00:00Z",
    "silence": {"effect": "rejection", "on": "2027-01-23", "waiting": False},
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

EVIDENCE = {
    "evidence": "fc_" + "k3zq" * 8,
    "outcome_sentence": SENTENCE,
    "source": EAJE_FRANCE_CONNECT_SOURCE,
    "fetched_at": "2026-11-23T09:59:58Z",
    "expires_at": "2026-11-24T09:59:59Z",
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

ADMITTED = {
    "reference": _REFERENCE,
    "state": Status.RECEIVED,
    "state_sentence": STATE_SENTENCES[Status.RECEIVED],
    "admitted_at": "2026-11-24T08:15:00Z",
    "silence": {"effect": "rejection", "on": "2027-01-24", "waiting": False},
    "links": _LINKS_OF_ESTIMATE,
}

WITHDRAWAL = {
    "reference": _REFERENCE,
    "state": Status.WITHDRAWN,
    "state_sentence": STATE_SENTENCES[Status.WITHDRAWN],
    "withdrawn_at": "2026-11-24T08:15:00Z",
    "links": _LINKS,
}

_TOLD = Told(
    reference=_REFERENCE,
    received_on=date(2026, 11, 23),
    status=Status.RECEIVED,
    awaits_an_answer=True,
    authority="Ville de Berceau-sur-Loire",
    contact=Contact(service="Direction de la petite enfance", phone="04 00 00 00 00"),
    clock=Clock(Silence(effect=SilenceEffect.REJECTION), date(2027, 1, 23)),
)
ACKNOWLEDGEMENT = {
    "reference": _REFERENCE,
    "received_on": "2026-11-23",
    "service": {
        "authority": _TOLD.authority,
        "service": _TOLD.contact.service,
        "address": [],
        "email": None,
        "phone": _TOLD.contact.phone,
    },
    "silence": RECEIPT["silence"],
    "pieces": [],
    "pieces_until": None,
    "sentences": list(sentences(_TOLD)),
}

DECISION = {
    "reference": _REFERENCE,
    "version": 1,
    "kind": DecisionKind.FEE,
    "valid_from": "2026-09-01",
    "in_force": True,
    "hourly_cents": 169,
    "price_cents": 169,
    "unit": "hour",
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

ESTIMATE = {
    "reference": _REFERENCE,
    "caution": CAUTION,
    "told_at": "2026-11-23T10:00:00Z",
    "declared": PRE_REGISTRATION["declared"],
    "reason": None,
    "reason_sentence": None,
    "on": "2026-09-01",
    **{name: DECISION[name] for name in ("hourly_cents", "monthly_cents", "currency", "tariff")},
    "explanation": DECISION["explanation"],
    "operations": DECISION["operations"],
}

EXPORT = {
    "decisions": [
        {
            "reference": _REFERENCE,
            "structure": "les-mesanges",
            "structure_name": "Les Mésanges",
            "scheme": "creches",
            "version": 2,
            "kind": DecisionKind.FEE,
            "in_force": True,
            "valid_from": "2027-01-01",
            "valid_to": "2027-07-31",
            "unit": "hour",
            "price_cents": 169,
            "monthly_cents": 23322,
            "fund": "caf",
            "tariff_id": "psu",
            "tariff_version": "2027-01-01",
            "decided_on": "2027-02-03",
            "difference_cents": -1250,
            "difference_months": 1,
        }
    ],
    "erased": 0,
    "unchecked": 0,
    "after": None,
}

HEALTH = {"status": "debout"}
READINESS = {"status": "prêt", "database": "prête", "redis": "joignable"}
