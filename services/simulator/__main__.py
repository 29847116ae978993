"""Run the simulator: `python -m services.simulator --port 8081 --population 2000`.

Tokens never stand in the arguments, which every user of the machine can read: they come from the
environment variable BERCEAU_SIMULATOR_TOKEN (one token with every scope) or from `--token-file`, a
JSON object `{"<token>": {"scopes": […], "expires": "2027-01-31"}}`. The access log is off: the
query holds civil status.
"""

import argparse
import json
import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import uvicorn

from services.simulator.api.app import build_app
from services.simulator.api.config import Client, Config, Teleservice, Token, Treasury
from services.simulator.api.hang_up import Hangable
from services.simulator.api.particulier.nomenclature import Edition
from services.simulator.clock import now_utc, started_at
from services.simulator.options import TOKEN_VARIABLE, parser

_DEMO = "berceau"  # the DGFiP's client and use case where no file names others
_LAST_WORDS_S = 3  # a caller left hanging on purpose does not hold back the end


def main(argv: Sequence[str] | None = None) -> None:
    """Serve until interrupted."""
    asked = parser().parse_args(argv)
    app = Hangable(build_app(_config(asked, os.environ)))
    uvicorn.run(
        app,
        host=asked.host,
        port=asked.port,
        access_log=False,
        log_level="warning",
        timeout_graceful_shutdown=_LAST_WORDS_S,
    )


def _config(asked: argparse.Namespace, environ: Mapping[str, str]) -> Config:
    return Config(
        tokens=_tokens(asked.token_file, environ, any_jwt=asked.any_jwt, staging=asked.staging),
        seed=asked.seed,
        population=asked.population,
        rate_limit=asked.rate_limit or None,
        address_limit=asked.address_limit or None,
        ban_after=asked.ban_after,
        ban_seconds=asked.ban_seconds,
        latency_ms=asked.latency_ms,
        jitter_ms=asked.jitter_ms,
        slow_seconds=asked.slow_seconds,
        payloads=asked.payloads,
        nomenclature=Edition(asked.nomenclature),
        any_jwt=asked.any_jwt,
        staging=asked.staging,
        fc_tokens=_read(asked.fc_token_file),
        fc_life_seconds=asked.fc_life_seconds,
        qf_always_ready=asked.qf_always_ready,
        windows=not asked.no_windows,
        faults=tuple(asked.fault or ()),
        treasury=_treasury(asked, environ),
        now=now_utc if asked.at is None else started_at(asked.at),
    )


def _tokens(
    path: Path | None,
    environ: Mapping[str, str],
    *,
    any_jwt: bool = False,
    staging: bool = False,
) -> dict[str, Token]:
    own = environ.get(TOKEN_VARIABLE)
    tokens = {own: Token(staging=staging)} if own else {}
    tokens |= {token: Token.from_json(rights) for token, rights in _read(path).items()}
    if not tokens and not any_jwt:
        raise SystemExit(f"Aucun jeton : donnez {TOKEN_VARIABLE} ou --token-file.")
    return tokens


def _treasury(asked: argparse.Namespace, environ: Mapping[str, str]) -> Treasury:
    """The DGFiP's side; without a file, one client whose secret is the simulator's token."""
    limits = {
        "rate_limit": asked.dgfip_rate_limit or None,
        "token_seconds": asked.dgfip_token_seconds,
    }
    if asked.dgfip_file is not None:
        return Treasury.from_json(_read(asked.dgfip_file), **limits)
    secret = environ.get(TOKEN_VARIABLE)
    clients = {_DEMO: Client(secret)} if secret else {}
    return Treasury(clients=clients, teleservices={_DEMO: Teleservice()}, **limits)


def _read(path: Path | None) -> dict[str, Any]:
    if path is None:
        return {}
    content: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return content


if __name__ == "__main__":
    main()
