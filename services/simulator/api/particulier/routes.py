"""Routes: the addresses of API Particulier."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from uuid import NAMESPACE_URL, uuid5

from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from services.simulator.api.answers import Answer
from services.simulator.api.ledger import Ledger
from services.simulator.api.particulier import legacy
from services.simulator.api.particulier.desk import Call, Desk, Parts
from services.simulator.api.particulier.endpoints import ENDPOINTS, QF, Endpoint, Mode
from services.simulator.api.particulier.published import PINGS, Pings, nomenclature
from services.simulator.api.particulier.query import Query
from services.simulator.api.web import address, bearer, respond

_PUBLIC_HOUR = {"Cache-Control": "public, max-age=3600"}
Serving = Callable[[Request], Awaitable[Response]]


def particulier(parts: Parts, ledger: Ledger) -> list[Route]:
    """Every route, the fixed ones before those with a name in their path."""
    desk = Desk(parts)
    return [
        *(
            Route(f"/{{version}}/dss/{each.resource}/{mode}", _data(desk, ledger, each, mode))
            for each in ENDPOINTS
            for mode in Mode
        ),
        Route(legacy.PATH, _flat(desk, ledger, parts)),
        *(Route(path, _gone(text)) for path, text in legacy.GONE.items()),
        Route("/api/introspect", _introspect(parts)),
        Route("/api/errors", _errors(parts)),
        *_pings(Pings(parts.config, parts.board, ledger)),
        Route("/api/attestations/{token}.pdf", _document(parts)),
    ]


def _data(desk: Desk, ledger: Ledger, endpoint: Endpoint, mode: Mode) -> Serving:
    async def serve(request: Request) -> Response:
        with ledger.call() as number:
            answer = await desk.serve(_call(request, number, endpoint, mode))
            ledger.answered(answer.seen, endpoint.name)
        return respond(answer)

    return serve


def _call(request: Request, number: int, endpoint: Endpoint, mode: Mode) -> Call:
    return Call(
        number=number,
        endpoint=endpoint,
        mode=mode,
        version=request.path_params.get("version", "v3"),
        bearer=bearer(request),
        query=Query.read(request.query_params.multi_items()),
        address=address(request),
        no_cache=request.headers.get("cache-control", "").lower() == "no-cache",
        proof=request.headers.get("x-generate-proof", ""),
        base_url=str(request.base_url),
    )


def _flat(desk: Desk, ledger: Ledger, parts: Parts) -> Serving:
    async def serve(request: Request) -> Response:
        key = request.headers.get("x-api-key", "")
        token = parts.rights.token(key)
        with ledger.call() as number:
            call = _call(request, number, QF, Mode.CIVIL_STATUS)
            query = legacy.renamed(call.query, token.siret if token else "")
            answer = await desk.serve(replace(call, query=query, bearer=key, legacy=True))
            flat = legacy.flattened(answer)
            ledger.answered(flat.seen, "v2")
        return respond(flat)

    return serve


def _introspect(parts: Parts) -> Serving:
    async def introspect(request: Request) -> Response:
        rights = parts.rights.of(bearer(request))
        if isinstance(rights, Answer):
            return respond(rights)
        number = str(uuid5(NAMESPACE_URL, bearer(request)))
        return JSONResponse({"_id": number, "name": "", "scopes": sorted(rights.scopes)})

    return introspect


def _errors(parts: Parts) -> Serving:
    async def errors(request: Request) -> Response:
        content = nomenclature(parts.words, request.query_params.get("operation_id", ""))
        if content is None:
            return JSONResponse({}, 404)
        return JSONResponse(content, headers=_PUBLIC_HOUR)

    return errors


def _pings(pings: Pings) -> list[Route]:
    async def whole(_request: Request) -> Response:
        return _pong(pings.state(PINGS[0]))

    async def listed(request: Request) -> Response:
        names = [{"name": name, "url": f"{request.base_url}api/{name}/ping"} for name in PINGS]
        return JSONResponse(names)

    async def one(request: Request) -> Response:
        return _pong(pings.state(request.path_params["name"]))

    return [Route("/api/ping", whole), Route("/api/pings", listed), Route("/api/{name}/ping", one)]


def _pong(state: dict[str, object] | None) -> Response:
    if state is None:
        return JSONResponse({}, 404)
    return JSONResponse(state, 502 if state["status"] == "bad_gateway" else 200)


def _gone(text: str) -> Serving:
    async def gone(_request: Request) -> Response:
        return PlainTextResponse(text, 410)

    return gone


def _document(parts: Parts) -> Serving:
    async def document(request: Request) -> Response:
        return respond(parts.proofs.document(request.path_params["token"]))

    return document
