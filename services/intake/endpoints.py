"""Endpoints: what is at which address. Each reads its request, asks the desk, and answers."""

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import JSONResponse

from services.intake import decisions, standing, withdrawal
from services.intake.answers import (
    BatchAnswer,
    DecisionAnswer,
    HealthAnswer,
    Links,
    ReadinessAnswer,
    ReceiptAnswer,
    StandingAnswer,
    WithdrawalAnswer,
    as_json,
)
from services.intake.batch import Batch, receive_batch
from services.intake.body_limit import read_body
from services.intake.desk import Desk
from services.intake.health import readiness
from services.intake.parts import Parts
from services.intake.portals import Caller
from services.intake.receipts import Receipt
from services.intake.reception import Submission, receive
from services.intake.repetition import read_idempotency_key
from services.intake.sentences import STATE_SENTENCES
from services.intake.withdrawal import Withdrawal
from shared.states import Status


def build_router(parts: Parts) -> APIRouter:
    """The addresses of intake."""
    router = APIRouter()
    desk = Desk(at_once=parts.limits.at_once)

    @router.post("/v1/applications", status_code=202, response_model=ReceiptAnswer)
    async def submit(request: Request) -> JSONResponse:
        """Déposer la demande d'une famille."""
        submission = Submission(
            caller=_caller(request),
            body=await read_body(request, parts.limits),
            idempotency_key=read_idempotency_key(request.headers.getlist("idempotency-key")),
            trace=request.state.trace,
        )
        return _receipt(await desk.serve(receive, parts, submission))

    @router.post("/v1/applications:batch", response_model=BatchAnswer)
    async def submit_batch(request: Request) -> JSONResponse:
        """Déposer les demandes de plusieurs familles."""
        body = await read_body(request, parts.limits, most=parts.limits.batch_bytes)
        batch = Batch(_caller(request), body, request.state.trace)
        return _private(as_json(await desk.serve(receive_batch, parts, batch)))

    @router.get("/v1/applications/{reference}", response_model=StandingAnswer)
    async def show(request: Request, reference: str) -> JSONResponse:
        """Lire où en est un dossier."""
        return _private(
            as_json(await desk.serve(standing.show, parts, _caller(request), reference))
        )

    @router.get("/v1/applications/{reference}/decision", response_model=DecisionAnswer)
    async def show_decision(request: Request, reference: str) -> JSONResponse:
        """Lire la décision tarifaire en vigueur."""
        return _private(
            as_json(await desk.serve(decisions.show, parts, _caller(request), reference))
        )

    @router.post("/v1/applications/{reference}/withdrawal", response_model=WithdrawalAnswer)
    async def withdraw(request: Request, reference: str) -> JSONResponse:
        """Retirer un dossier, à la demande de la famille."""
        wanted = Withdrawal(_caller(request), reference, request.state.trace)
        return _private(as_json(await desk.serve(withdrawal.withdraw, parts, wanted)))

    @router.get("/healthz", response_model=HealthAnswer)
    async def healthz() -> JSONResponse:
        """Savoir si le processus est debout."""
        return JSONResponse(as_json(HealthAnswer(status="debout")))

    @router.get("/readyz", response_model=ReadinessAnswer)
    async def readyz() -> JSONResponse:
        """Savoir si le processus peut recevoir."""
        return JSONResponse(as_json(await desk.serve(readiness, parts)))

    return router


def _caller(request: Request) -> Caller:
    return Caller(request.headers.get("authorization"), request.state.footprint)


def _receipt(receipt: Receipt) -> JSONResponse:
    answer = ReceiptAnswer.of(receipt, STATE_SENTENCES[Status.RECEIVED])
    headers = {"Location": Links.of(receipt.reference).application}
    if receipt.replayed:
        headers["Idempotency-Replayed"] = "true"
    status = 202 if receipt.first else 200
    return _private(as_json(answer), status=status, headers=headers)


def _private(
    content: dict[str, object], *, status: int = 200, headers: dict[str, str] | None = None
) -> JSONResponse:
    """An answer that nobody on the way may keep."""
    return JSONResponse(content, status, {"Cache-Control": "no-store", **(headers or {})})
