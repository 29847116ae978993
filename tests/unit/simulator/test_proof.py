"""The verifiable proof: of the EAJE base by civil status, and of nothing else."""

from typing import Any

import pytest

from services.simulator.api.answers import found
from services.simulator.api.particulier.proof import Proofs, Wanted

QF = "/v3/dss/quotient_familial/identite"


async def test_a_proof_is_added_to_the_same_data(caller: Any, nominal: Any) -> None:
    """URL and code, new each time, beside data that does not change and is not remembered."""
    plain = (await caller.ask_about(nominal)).json()
    told = [await caller.ask_about(nominal, **{"X-Generate-Proof": "proof-only"}) for _ in "ab"]

    metas = [each.json()["meta"] for each in told]
    assert {"verification_url", "verification_code"} == set(metas[0])
    assert metas[0]["verification_url"] != metas[1]["verification_url"]
    assert len(metas[0]["verification_url"]) > 800
    assert [4, 4, 2] == [len(part) for part in metas[0]["verification_code"].split("-")]
    assert plain["data"] == told[0].json()["data"]
    assert ["false", "false"] == [each.headers["X-Response-Cached"] for each in told]


async def test_a_document_can_be_fetched(caller: Any, nominal: Any) -> None:
    """`pdf` adds a long address where a document waits, without a token."""
    body = (await caller.ask_about(nominal, **{"X-Generate-Proof": "pdf"})).json()

    url = body["links"]["attestation_pdf"]
    document = await caller.http.get(url)
    assert len(url) > 2_000
    assert body["meta"]["attestation_pdf_url_expires_at"] > 0
    assert (200, "application/pdf") == (document.status_code, document.headers["content-type"])
    assert document.content.startswith(b"%PDF-")
    assert 404 == (await caller.http.get("/api/attestations/other.pdf")).status_code


def test_a_document_waits_five_minutes() -> None:
    """After them it is gone: 410."""
    now = [1_000.0]
    proofs = Proofs(lambda: now[0])
    url = proofs.added(found({}), Wanted.DOCUMENT, "http://s/").content()["links"][
        "attestation_pdf"
    ]
    token = url.rpartition("/")[2].removesuffix(".pdf")

    now[0] += 299
    early = proofs.document(token).status
    now[0] += 1

    assert (200, 410) == (early, proofs.document(token).status)


@pytest.mark.parametrize("wanted", ["yes", "PDF"])
async def test_another_word_is_a_bad_request(caller: Any, nominal: Any, wanted: str) -> None:
    """Only the two words of the contract are read."""
    response = await caller.ask_about(nominal, **{"X-Generate-Proof": wanted})

    assert (400, "00401") == (response.status_code, response.json()["errors"][0]["code"])


async def test_the_qf_gives_no_proof(caller: Any, nominal: Any) -> None:
    """There the header is not read at all."""
    response = await caller.ask_about(nominal, path=QF, **{"X-Generate-Proof": "yes"})

    assert (200, {}) == (response.status_code, response.json()["meta"])
