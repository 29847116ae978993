"""The State's proof of an answer: kept with the facts, and shown by nothing."""

import json
from datetime import datetime
from typing import Any

import httpx
import pytest

from services.verifier.provider.endpoint import EAJE_WITH_PROOF
from shared.application import Application
from shared.evidence import Certified, EajeFacts, Proof, read_facts, write_facts
from tests.unit.verifier.particulier import Counter, client

_URL = "https://particulier.test/verification/" + "a1" * 500
_CODE = "K7QZ-M2XR-4T"
_APPLICANT = {"nom_naissance": "LO", "prenoms": "AMINATA", "date_naissance": "1992-07-19"}


async def _asked(application: Application, now: datetime, meta: Any) -> EajeFacts:
    body = json.dumps({"data": {"allocataires": [_APPLICANT]}, "meta": meta})
    transport = httpx.MockTransport(Counter(httpx.Response(200, content=body)))
    outcome = await client(transport, EAJE_WITH_PROOF).verify(application, now)
    assert isinstance(outcome, Certified)
    assert isinstance(outcome.facts, EajeFacts)
    return outcome.facts


async def test_the_proof_is_kept_whole(application: Application, now: datetime) -> None:
    """However long its address, and through the seal."""
    facts = await _asked(application, now, {"verification_url": _URL, "verification_code": _CODE})

    assert len(_URL) > 800
    assert Proof(url=_URL, code=_CODE) == facts.proof
    assert facts == read_facts(write_facts(facts))


async def test_the_proof_stays_out_of_every_repr(application: Application, now: datetime) -> None:
    """It opens somebody's figures to whoever holds it."""
    facts = await _asked(application, now, {"verification_url": _URL, "verification_code": _CODE})
    shown = f"{facts!r} {facts} {facts.proof!r} {facts.proof} {Certified(facts)!r}"

    assert _URL not in shown
    assert _CODE not in shown


@pytest.mark.parametrize(
    "meta",
    [
        {},
        None,
        {"verification_url": _URL},
        {"verification_code": _CODE},
        {"verification_url": 1, "verification_code": _CODE},
        {"verification_url": "https://a.test/ b", "verification_code": _CODE},
        {"verification_url": "h" * 10_000, "verification_code": _CODE},
        {"verification_url": _URL, "verification_code": "K" * 65},
    ],
    ids=lambda meta: str(meta)[:60],
)
async def test_half_a_proof_is_none(application: Application, now: datetime, meta: Any) -> None:
    """And a family is not refused for it."""
    assert (await _asked(application, now, meta)).proof is None
