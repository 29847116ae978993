"""Proof: the verifiable proof of an answer (`X-Generate-Proof`), for the EAJE base by civil status.

What a proof is made of is random and says nothing: a page to open is not served, the document is a
blank page that says that it is a test.
"""

import secrets
import time
from collections.abc import Callable
from dataclasses import replace
from enum import StrEnum

from services.simulator.api.answers import Answer, as_json

_SAFE = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"
_URL_TOKEN, _DOCUMENT_TOKEN = 620, 1_540  # bytes: URLs of some 850 and 2 100 characters
_DOCUMENT_S = 300
_MOST_DOCUMENTS = 1_000
_PAGE = b"""%PDF-1.4
1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj
2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj
3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R
/Resources<</Font<</F 5 0 R>>>>>>endobj
4 0 obj<</Length 45>>stream
BT /F 24 Tf 72 760 Td (Donnees de test) Tj ET
endstream endobj
5 0 obj<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>endobj
trailer<</Root 1 0 R>>
%%EOF
"""


class Wanted(StrEnum):
    """What `X-Generate-Proof` may say."""

    PROOF = "proof-only"
    DOCUMENT = "pdf"


class Proofs:
    """Proofs given, and the documents that can still be fetched."""

    def __init__(self, clock: Callable[[], float] = time.time) -> None:
        self._clock = clock
        self._until: dict[str, float] = {}

    def added(self, answer: Answer, wanted: Wanted, base_url: str) -> Answer:
        """A good answer with a new proof; any other answer as it is."""
        if not answer.sound:
            return answer
        content = answer.content()
        content["meta"] |= {
            "verification_url": f"{base_url}verification/{secrets.token_urlsafe(_URL_TOKEN)}",
            "verification_code": _code(),
        }
        if wanted is Wanted.DOCUMENT:
            token, end = self._document()
            content["links"]["attestation_pdf"] = f"{base_url}api/attestations/{token}.pdf"
            content["meta"]["attestation_pdf_url_expires_at"] = end
        return replace(answer, body=as_json(content), sound=False)

    def document(self, token: str) -> Answer:
        """The document of a token: for five minutes, then 410."""
        end = self._until.get(token)
        if end is None:
            return Answer(404, b"", media_type="text/plain")
        if end <= self._clock():
            return Answer(410, b"", media_type="text/plain")
        return Answer(200, _PAGE, media_type="application/pdf")

    def _document(self) -> tuple[str, int]:
        token, end = secrets.token_urlsafe(_DOCUMENT_TOKEN), int(self._clock()) + _DOCUMENT_S
        if len(self._until) >= _MOST_DOCUMENTS:
            del self._until[next(iter(self._until))]
        self._until[token] = end
        return token, end


def _code() -> str:
    drawn = "".join(secrets.choice(_SAFE) for _ in range(10))
    return f"{drawn[:4]}-{drawn[4:8]}-{drawn[8:]}"
