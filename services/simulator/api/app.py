"""App: puts the parts together, and gives both APIs their routes."""

from fastapi import FastAPI

from services.simulator.api.config import Config
from services.simulator.api.control import add_counts, add_faults, add_population
from services.simulator.api.dgfip.counter import Counter
from services.simulator.api.dgfip.directory import Directory
from services.simulator.api.dgfip.gateway import Gateway
from services.simulator.api.dgfip.routes import Desk as TaxDesk
from services.simulator.api.dgfip.routes import dgfip
from services.simulator.api.faults.board import Board
from services.simulator.api.ledger import Ledger
from services.simulator.api.particulier.desk import Parts
from services.simulator.api.particulier.france_connect import FranceConnect
from services.simulator.api.particulier.gate import Gate
from services.simulator.api.particulier.nomenclature import Nomenclature
from services.simulator.api.particulier.payloads import PayloadProvider
from services.simulator.api.particulier.proof import Proofs
from services.simulator.api.particulier.provider import PopulationProvider, Provider
from services.simulator.api.particulier.rights import Rights
from services.simulator.api.particulier.routes import particulier
from services.simulator.population.families import season
from services.simulator.population.register import Register


def build_app(config: Config) -> FastAPI:
    """The simulator as an ASGI application, its population entered in the register.

    Raises:
        FileNotFoundError: when `config.payloads` holds no payload file.
        ValueError: when a fault of `config` cannot be read.
    """
    register = Register(config.seed, config.population, season(config.today()))
    ledger = Ledger()
    parts = _parts(config, register)
    app = FastAPI(
        title="Simulateur d’API Particulier et de la DGFiP",
        openapi_url=None,
        routes=[
            *particulier(parts, ledger),
            *dgfip(_tax_desk(config, register, parts, ledger)),
        ],
    )
    add_population(app, register, parts.france_connect)
    add_faults(app, parts.board)
    add_counts(app, ledger, parts.gate.bans)
    return app


def _parts(config: Config, register: Register) -> Parts:
    words = Nomenclature(config.nomenclature)
    rights = Rights(config, words)
    return Parts(
        config=config,
        words=words,
        rights=rights,
        gate=Gate(config, rights, words),
        france_connect=FranceConnect(config, register, words),
        provider=_provider(config, register, words),
        board=Board(config),
        proofs=Proofs(),
    )


def _provider(config: Config, register: Register, words: Nomenclature) -> Provider:
    if config.payloads is None:
        return PopulationProvider(config, register, words)
    return PayloadProvider(config.payloads, words)


def _tax_desk(config: Config, register: Register, parts: Parts, ledger: Ledger) -> TaxDesk:
    gateway, directory = Gateway(config.treasury), Directory(register)
    counter = Counter(config, gateway, directory, parts.france_connect)
    return TaxDesk(config, (gateway, counter, directory), parts.board, ledger)
