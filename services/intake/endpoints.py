"""Endpoints: what is at which address. Each reads its request, asks the desk, and answers."""

from collections.abc import Callable
from typing import Annotated

from fastapi import APIRouter, Query
from starlette.requests import Request
from starlette.responses import JSONResponse

from services.intake import (
    acknowledgement,
    admission,
    decisions,
    estimates,
    feed,
    standing,
    withdrawal,
)
from services.intake.answers import (
    AdmissionAnswer,
    DecisionAnswer,
    EstimateAnswer,
    HealthAnswer,
    ReadinessAnswer,
    ReceiptAnswer,
    StandingAnswer,
    WithdrawalAnswer,
    as_json,
)
from services.intake.batch import Batch, receive_batch
from services.intake.batch_answers import BatchAnswer
from services.intake.body_limit import read_body
from services.intake.desk import Desk
from services.intake.export_endpoints import add_exports
from services.intake.franceconnect import callback
from services.intake.franceconnect.told import EvidenceAnswer
from services.intake.health import readiness
from services.intake.paper_endpoints import add_papers
from services.intake.parts import Parts
from services.intake.portals import Caller
from services.intake.receipts import Receipt
from services.intake.reception import Submission, receive
from services.intake.repetition import read_idempotency_key
from services.intake.withdrawal import Withdrawal

_After = Annotated[
    str | None, Query(description="Ce que la lecture d'avant a rendu ; sans lui, le début.")
]
_Most = Annotated[str | None, Query(description="Événements au plus : 1 à 500, 500 sans lui.")]


def build_router(parts: Parts) -> APIRouter:
    """The addresses of intake."""
    router = APIRouter()
    desk = Desk(at_once=parts.limits.at_once)

    def _caller(request: Request) -> Caller:
        shown = request.headers.get("authorization")
        return Caller(shown, request.state.footprint, parts.tolls)

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

    @router.get(
        "/v1/applications/{reference}/acknowledgement",
        response_model=acknowledgement.AcknowledgementAnswer,
    )
    async def acknowledge(request: Request, reference: str) -> JSONResponse:
        """Lire l'accusé de réception d'un dossier."""
        return _private(
            as_json(await desk.serve(acknowledgement.show, parts, _caller(request), reference))
        )

    @router.get("/v1/applications/{reference}/decision", response_model=DecisionAnswer)
    async def show_decision(request: Request, reference: str) -> JSONResponse:
        """Lire la décision tarifaire en vigueur."""
        return _private(
            as_json(await desk.serve(decisions.show, parts, _caller(request), reference))
        )

    add_papers(router, parts, desk, _caller)
    add_exports(router, parts, desk, _caller)
    _add_stages(router, parts, desk, _caller)
    _add_callback(router, parts, desk, _caller)
    _add_events(router, parts, desk, _caller)

    @router.get("/healthz", response_model=HealthAnswer)
    async def healthz() -> JSONResponse:
        """Savoir si le processus est debout."""
        return JSONResponse(as_json(HealthAnswer(status="debout")))

    @router.get("/readyz", response_model=ReadinessAnswer)
    async def readyz() -> JSONResponse:
        """Savoir si le processus peut recevoir."""
        return JSONResponse(as_json(await desk.serve(readiness, parts)))

    return router


def _add_stages(
    router: APIRouter, parts: Parts, desk: Desk, caller: Callable[[Request], Caller]
) -> None:
    """The addresses that take an application from one stage to another."""

    @router.get("/v1/applications/{reference}/estimate", response_model=EstimateAnswer)
    async def show_estimate(request: Request, reference: str) -> JSONResponse:
        """Relire l'estimation donnée à la préinscription."""
        return _private(
            as_json(await desk.serve(estimates.show, parts, caller(request), reference))
        )

    @router.post(
        "/v1/applications/{reference}/admission", status_code=202, response_model=AdmissionAnswer
    )
    async def admit(request: Request, reference: str) -> JSONResponse:
        """Admettre une préinscription : établissement, dates et heures sont connus."""
        body = await read_body(request, parts.limits)
        wanted = admission.Request(caller(request), reference, body, request.state.trace)
        done = await desk.serve(admission.receive_admission, parts, wanted)
        return _private(as_json(done.answer), status=202 if done.first else 200)

    @router.post("/v1/applications/{reference}/withdrawal", response_model=WithdrawalAnswer)
    async def withdraw(request: Request, reference: str) -> JSONResponse:
        """Retirer un dossier, à la demande de la famille."""
        wanted = Withdrawal(caller(request), reference, request.state.trace)
        return _private(as_json(await desk.serve(withdrawal.withdraw, parts, wanted)))


def _add_callback(
    router: APIRouter, parts: Parts, desk: Desk, caller: Callable[[Request], Caller]
) -> None:
    @router.post("/v1/franceconnect-evidence", status_code=201, response_model=EvidenceAnswer)
    async def certify(request: Request) -> JSONResponse:
        """Demander à l'État les données de la personne passée par FranceConnect."""
        body = await read_body(request, parts.limits)
        wanted = callback.Callback(caller(request), body)
        told, first = await callback.certify(parts, desk, wanted)
        return _private(as_json(told), status=201 if first else 200)


def _add_events(
    router: APIRouter, parts: Parts, desk: Desk, caller: Callable[[Request], Caller]
) -> None:
    """The addresses by which a portal follows what changes."""

    @router.get("/v1/events", response_model=feed.FeedAnswer)
    async def follow(request: Request, after: _After = None, limit: _Most = None) -> JSONResponse:
        """Lire ce qui a changé dans les dossiers du portail."""
        told = await desk.serve(feed.show, parts, caller(request), after, limit)
        return _private(as_json(told))

    @router.post("/v1/webhook:test", status_code=202, response_model=feed.TrialAnswer)
    async def try_webhook(request: Request) -> JSONResponse:
        """Essayer le webhook du portail."""
        told = await desk.serve(feed.try_webhook, parts, caller(request))
        return _private(as_json(told), status=202)


def _receipt(receipt: Receipt) -> JSONResponse:
    answer = ReceiptAnswer.of(receipt)
    headers = {"Location": answer.links.application}
    if receipt.replayed:
        headers["Idempotency-Replayed"] = "true"
    status = 202 if receipt.first else 200
    return _private(as_json(answer), status=status, headers=headers)


def _private(
    content: dict[str, object], *, status: int = 200, headers: dict[str, str] | None = None
) -> JSONResponse:
    """An answer that nobody on the way may keep."""
    return JSONResponse(content, status, {"Cache-Control": "no-store", **(headers or {})})
