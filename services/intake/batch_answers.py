"""Batch answers: what became of each row, as OpenAPI publishes it."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Annotated, Any, Self

from pydantic import BaseModel, ConfigDict, Field

from services.intake.answers import ReceiptAnswer
from services.intake.problems import Problem
from services.intake.receipts import Receipt


class _Answer(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class RowAnswer(_Answer):
    """Ce qu'est devenue une ligne du lot, comme si elle était venue seule."""

    row: Annotated[int, Field(description="Place de la ligne dans le lot, à partir de 0.")]
    status: Annotated[int, Field(description="202 enregistrée, 200 déjà connue, sinon un refus.")]
    receipt: ReceiptAnswer | None = None
    problem: Annotated[
        dict[str, Any] | None,
        Field(description="Le refus (RFC 9457) ; ses pointeurs partent de la demande de la ligne."),
    ] = None


class BatchAnswer(_Answer):
    """Une réponse par ligne, dans l'ordre du lot."""

    accepted: int
    known: int
    refused: int
    rows: list[RowAnswer]

    @classmethod
    def of(cls, receipts: Mapping[int, Receipt], problems: Mapping[int, Problem]) -> Self:
        """What a batch says."""
        rows = [_row_accepted(place, receipt) for place, receipt in receipts.items()]
        rows += [_row_refused(place, problem) for place, problem in problems.items()]
        return cls(
            accepted=sum(row.status == HTTPStatus.ACCEPTED for row in rows),
            known=sum(row.status == HTTPStatus.OK for row in rows),
            refused=len(problems),
            rows=sorted(rows, key=lambda row: row.row),
        )


def _row_accepted(place: int, receipt: Receipt) -> RowAnswer:
    status = HTTPStatus.ACCEPTED if receipt.first else HTTPStatus.OK
    return RowAnswer(row=place, status=status, receipt=ReceiptAnswer.of(receipt))


def _row_refused(place: int, problem: Problem) -> RowAnswer:
    said = problem.as_json()
    return RowAnswer(row=place, status=said["status"], problem=said)
