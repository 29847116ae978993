"""Control: routes that no real API has: the invented families, the faults, the counts."""

from typing import Annotated, Any

from fastapi import FastAPI
from fastapi import Query as Parameter

from services.simulator.api.faults.board import Board, Throw
from services.simulator.api.ledger import Ledger
from services.simulator.api.limits import Bans
from services.simulator.api.particulier.france_connect import FranceConnect
from services.simulator.population.enrolments import enrolment
from services.simulator.population.register import Register
from services.simulator.population.spi import spi
from services.simulator.population.truths import truth

_MOST_FAMILIES = 500


def add_population(app: FastAPI, register: Register, connect: FranceConnect) -> None:
    """`/population`: what each family writes, what is true of it, and how it is asked about."""

    @app.get("/population")
    def population(
        offset: Annotated[int, Parameter(ge=0)] = 0,
        limit: Annotated[int, Parameter(ge=1, le=_MOST_FAMILIES)] = 100,
    ) -> list[dict[str, Any]]:
        numbers = range(offset, min(offset + limit, register.size))
        return [_told(register, connect, number) for number in numbers]


def add_faults(app: FastAPI, board: Board) -> None:
    """`/faults`: read, thrown, cleared."""

    @app.get("/faults")
    async def read() -> dict[str, Any]:
        return board.state()

    @app.post("/faults")
    async def throw(asked: Throw) -> dict[str, Any]:
        board.throw(asked)
        return board.state()

    @app.delete("/faults")
    async def clear() -> dict[str, Any]:
        board.clear()
        return board.state()


def add_counts(app: FastAPI, ledger: Ledger, bans: Bans) -> None:
    """`/calls`: how many, how answered, how close together."""

    @app.get("/calls")
    async def calls() -> dict[str, Any]:
        return {**ledger.counts(), "banned": bans.count()}


def _told(register: Register, connect: FranceConnect, number: int) -> dict[str, Any]:
    known = register.family(number)
    return {
        "enrolment": enrolment(register.seed, known, register.on),
        "truth": truth(known),
        "france_connect": connect.token(number),
        "spi": [spi(number, role) for role in range(len(known.household.adults))],
    }
