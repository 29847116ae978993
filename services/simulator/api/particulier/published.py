"""Published: what anyone may read without a token: the nomenclature and the pings."""

from datetime import UTC, datetime, timedelta
from typing import Any

from services.simulator.api.config import Config
from services.simulator.api.faults.board import Board
from services.simulator.api.ledger import Ledger
from services.simulator.api.particulier.endpoints import ENDPOINTS, QF, Endpoint, Mode
from services.simulator.api.particulier.nomenclature import (
    CNAF_MSA,
    FRANCE_CONNECT,
    SOCIAL_SECURITY,
    Nomenclature,
)

_PROVIDERS = {
    "00": "API Particulier",
    "10": "MSA",
    "23": "CNAF",
    "37": "CNAV",
    "40": "RNCPS",
    **dict((CNAF_MSA, SOCIAL_SECURITY, FRANCE_CONNECT)),
}
_PINGS: dict[str, tuple[Endpoint, ...]] = {
    **{each.ping: (each,) for each in ENDPOINTS},
    "franceconnect": (),
    "insee_metadonnees": (),
}
PINGS = tuple(_PINGS)


def nomenclature(words: Nomenclature, operation: str = "") -> dict[str, Any] | None:
    """All that can be refused, by operation; None for an operation that is not served."""
    endpoints = {
        each.operation(mode): {
            "provider": each.source.label,
            "errors": words.operation(
                each.sections, each.source, france_connect=mode is Mode.FRANCE_CONNECT
            ),
        }
        for each in ENDPOINTS
        for mode in Mode
    }
    if operation and operation not in endpoints:
        return None
    return {
        "api": "particulier",
        "providers": _PROVIDERS,
        "generic_subcodes": words.subcodes(),
        "platform_codes": words.platform(),
        "endpoints": {operation: endpoints[operation]} if operation else endpoints,
    }


class Pings:
    """The state of each provider, as far as the traffic tells."""

    def __init__(self, config: Config, board: Board, ledger: Ledger) -> None:
        self._config, self._board, self._ledger = config, board, ledger
        self._last_ok = config.now()

    def state(self, name: str) -> dict[str, Any] | None:
        """What a ping answers; None for a name that is not known."""
        if name not in _PINGS:
            return None
        now = self._config.now()
        told: dict[str, Any] = {"status": self._status(_PINGS[name]), "last_update": _iso(now)}
        if told["status"] == "ok":
            self._last_ok = now
        told["last_ok_status"] = _iso(self._last_ok)
        left = self._maintenance_left(_PINGS[name])
        return {**told, "until": _iso(now + timedelta(seconds=left))} if left else told

    def _status(self, endpoints: tuple[Endpoint, ...]) -> str:
        if self._config.staging:
            return "ok"
        if self._board.down or self._ledger.is_sick(*(each.name for each in endpoints)):
            return "bad_gateway"
        return "maintenance" if self._maintenance_left(endpoints) else "ok"

    def _maintenance_left(self, endpoints: tuple[Endpoint, ...]) -> int:
        windows = QF.windows if QF in endpoints and self._config.windows else ()
        moment = self._config.moment()
        return max(self._board.maintenance_left(), *(w.seconds_left(moment) for w in windows), 0)


def _iso(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="seconds")
