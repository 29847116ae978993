"""App: the routes, and everything of HTTP that is not the contract's own logic."""

from collections.abc import Awaitable, Callable
from typing import Annotated, Any
from uuid import NAMESPACE_URL, uuid4, uuid5

from fastapi import FastAPI
from fastapi import Query as Parameter
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from services.simulator.api.answers import Answer
from services.simulator.api.config import Config
from services.simulator.api.desk import Call, Desk
from services.simulator.api.hang_up import HangUp
from services.simulator.api.ledger import Ledger
from services.simulator.api.payloads import PayloadProvider
from services.simulator.api.provider import PopulationProvider, Provider
from services.simulator.api.query import Query
from services.simulator.api.switches import Switches, Throw
from services.simulator.population.enrolments import enrolment
from services.simulator.population.families import season
from services.simulator.population.register import Register
from services.simulator.population.truths import truth

_EAJE = "/{version}/dss/participation_familiale_eaje/identite"
_EAJE_PING = "cnaf_msa_participation_familiale_eaje"
_MOST_FAMILIES = 500
_GONE_TAX = (
    "Cette URL n'existe plus sur API Particulier depuis le 8 janvier 2024. "
    "Veuillez mettre à jour votre application."
)
_GONE_QF_V1 = "L'API Quotient Familial v1 n'est plus disponible depuis le 31/10/2025."
_GONE = {
    "/api/v2/avis-imposition": _GONE_TAX,
    "/api/impots/svair": _GONE_TAX,
    "/api/v2/composition-familiale": _GONE_QF_V1,
    "/api/caf/famille": _GONE_QF_V1,
}


Endpoint = Callable[[Request], Awaitable[Response]]


def build_app(config: Config) -> FastAPI:
    """The simulator as an ASGI application, its population entered in the register.

    Raises:
        FileNotFoundError: when `config.payloads` holds no payload file.
    """
    register = Register(config.seed, config.population, season(config.today()))
    switches = Switches(config.seed, config.latency_ms, config.jitter_ms)
    ledger = Ledger()
    desk = Desk(config, _provider(config, register), switches)
    app = FastAPI(
        title="Simulateur d’API Particulier",
        openapi_url=None,
        routes=[
            Route(_EAJE, _data_endpoint(desk, ledger)),
            Route("/api/introspect", _introspect_endpoint(desk)),
            Route("/api/ping", _ping_endpoint(switches)),
            Route("/api/{name}/ping", _ping_endpoint(switches)),
            *(Route(path, _gone_endpoint(text)) for path, text in _GONE.items()),
        ],
    )
    _add_demo_routes(app, register, switches, ledger)
    return app


def _provider(config: Config, register: Register) -> Provider:
    if config.payloads is None:
        return PopulationProvider(config, register)
    return PayloadProvider(config.payloads)


def _data_endpoint(desk: Desk, ledger: Ledger) -> Endpoint:
    async def eaje(request: Request) -> Response:
        with ledger.call() as number:
            answer = await desk.serve(_call(request, number))
            ledger.answered(0 if answer.hang_up else answer.status)
        return _response(answer)

    return eaje


def _call(request: Request, number: int) -> Call:
    return Call(
        number=number,
        version=request.path_params["version"],
        bearer=_bearer(request),
        query=Query.read(request.query_params.multi_items()),
        no_cache=request.headers.get("cache-control", "").lower() == "no-cache",
    )


def _bearer(request: Request) -> str:
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" else ""


def _response(answer: Answer) -> Response:
    if answer.hang_up:
        return HangUp()
    headers = {"X-Request-Id": str(uuid4()), **answer.headers}
    return Response(answer.body, answer.status, headers, answer.media_type)


def _introspect_endpoint(desk: Desk) -> Endpoint:
    async def introspect(request: Request) -> Response:
        rights = desk.rights(_bearer(request))
        if isinstance(rights, Answer):
            return _response(rights)
        number = str(uuid5(NAMESPACE_URL, _bearer(request)))
        return JSONResponse({"_id": number, "name": "", "scopes": sorted(rights.scopes)})

    return introspect


def _ping_endpoint(switches: Switches) -> Endpoint:
    async def ping(request: Request) -> Response:
        if request.path_params.get("name", _EAJE_PING) != _EAJE_PING:
            return JSONResponse({}, 404)
        if switches.down:
            return JSONResponse({"status": "bad_gateway"}, 502)
        return JSONResponse({"status": "maintenance" if switches.maintenance_left() else "ok"})

    return ping


def _gone_endpoint(text: str) -> Endpoint:
    async def gone(_request: Request) -> Response:
        return PlainTextResponse(text, 410)

    return gone


def _add_demo_routes(app: FastAPI, register: Register, switches: Switches, ledger: Ledger) -> None:
    """Routes that the real API does not have: the invented families, the faults, the counts."""

    @app.get("/population")
    def population(
        offset: Annotated[int, Parameter(ge=0)] = 0,
        limit: Annotated[int, Parameter(ge=1, le=_MOST_FAMILIES)] = 100,
    ) -> list[dict[str, Any]]:
        numbers = range(offset, min(offset + limit, register.size))
        return [_both_sides(register, number) for number in numbers]

    @app.post("/faults")
    async def faults(asked: Throw) -> dict[str, Any]:
        switches.throw(asked)
        return switches.state()

    @app.get("/calls")
    async def calls() -> dict[str, Any]:
        return ledger.counts()


def _both_sides(register: Register, number: int) -> dict[str, Any]:
    known = register.family(number)
    return {"enrolment": enrolment(register.seed, known, register.on), "truth": truth(known)}
