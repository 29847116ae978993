"""Routes: the addresses behind the DGFiP's gateway."""

from collections.abc import Awaitable, Callable
from urllib.parse import parse_qsl

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from services.simulator.api.answers import Answer
from services.simulator.api.config import Config
from services.simulator.api.dgfip.counter import Counter, Resource, TaxCall
from services.simulator.api.dgfip.directory import Directory
from services.simulator.api.dgfip.gateway import Gateway
from services.simulator.api.dgfip.refusals import Refusal, refused
from services.simulator.api.faults.board import Board
from services.simulator.api.faults.harm import through
from services.simulator.api.faults.rules import Target
from services.simulator.api.ledger import Ledger
from services.simulator.api.web import bearer, respond
from services.simulator.population.names import folded

_TAX, _SFIP = "/impotparticulier/1.0", "/sfip/v1"
_LONGEST_FORM = 10_000
_QUOTA = 429
Serving = Callable[[Request], Awaitable[Response]]
Asking = Callable[[Request, int], Awaitable[Answer]]


class Desk:
    """Answers each call after the faults that strike it, and counts it."""

    def __init__(
        self,
        config: Config,
        parts: tuple[Gateway, Counter, Directory],
        board: Board,
        ledger: Ledger,
    ) -> None:
        self._config, self._board, self._ledger = config, board, ledger
        self._gateway, self._counter, self._directory = parts

    def serving(self, name: str, ask: Asking) -> Serving:
        """The endpoint of a route; `name` is that of the faults and of the counts."""

        async def serve(request: Request) -> Response:
            with self._ledger.call("dgfip") as number:
                target = Target(frozenset({"dgfip", name}), number, self._people(request))
                answer = await through(
                    self._board, target, lambda: self._asked(ask, request, number), self._said
                )
                self._ledger.answered(answer.seen, name)
            return respond(answer)

        return serve

    async def token(self, request: Request, _number: int) -> Answer:
        """`POST /token`."""
        body = (await request.body())[:_LONGEST_FORM].decode("utf-8", "replace")
        form = dict(parse_qsl(body, keep_blank_values=True))
        return self._gateway.token(form, request.headers.get("authorization", ""))

    def tax(self, resource: Resource) -> Asking:
        """API Impôt particulier."""

        async def ask(request: Request, number: int) -> Answer:
            return self._counter.tax(_call(request, number), resource)

        return ask

    async def search(self, request: Request, number: int) -> Answer:
        """API SFiP."""
        return self._counter.search(_call(request, number), dict(request.query_params))

    async def alive(self, request: Request, number: int) -> Answer:
        """API SFiP's own ping."""
        return self._counter.alive(_call(request, number))

    async def _asked(self, ask: Asking, request: Request, number: int) -> Answer:
        if self._board.down:
            return self._said(500)
        return await ask(request, number)

    def _said(self, status: int) -> Answer:
        """A status that a fault asks for, in the words of the gateway or of the API."""
        if status == _QUOTA:
            return self._gateway.quota()
        return refused(Refusal.TECHNICAL, self._config.now(), status=status)

    def _people(self, request: Request) -> frozenset[str]:
        """Whom a call is about, for the faults that strike a name."""
        told = {request.query_params.get("nom", "")} - {""}
        spi = request.path_params.get("spi")
        household = self._directory.by_spi(spi).household if spi else None
        if household is not None:
            told |= {each.adult.birth_name for each in household.declarants}
        return frozenset(map(folded, told))


def dgfip(desk: Desk) -> list[Route]:
    """Every route, by SPI and by FranceConnect."""
    ways = ("/spi/{spi}", "")
    return [
        Route("/token", desk.serving("token", desk.token), methods=["POST"]),
        *(
            Route(f"{_TAX}{way}/{each.path}", desk.serving("impots", desk.tax(each)))
            for each in Resource
            for way in ways
        ),
        Route(f"{_SFIP}/demandeDeService/02AA/personne", desk.serving("sfip", desk.search)),
        Route(f"{_SFIP}/information", desk.serving("sfip", desk.alive)),
    ]


def _call(request: Request, number: int) -> TaxCall:
    headers, path = request.headers, request.path_params
    return TaxCall(
        number=number,
        bearer=bearer(request),
        correlation=headers.get("x-correlation-id", ""),
        teleservice=headers.get("id_teleservice", ""),
        accept=headers.get("accept", ""),
        spi=path.get("spi"),
        consent=headers.get("x-franceconnect-oauth", ""),
        year=path.get("annrev"),
    )
