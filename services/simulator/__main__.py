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

import uvicorn

from services.simulator.api.app import build_app
from services.simulator.api.config import Config, Token
from services.simulator.api.hang_up import Hangable

TOKEN_VARIABLE = "BERCEAU_SIMULATOR_TOKEN"  # noqa: S105  the name of a variable, not a secret


def main(argv: Sequence[str] | None = None) -> None:
    """Serve until interrupted."""
    asked = _parser().parse_args(argv)
    config = Config(
        tokens=_tokens(asked.token_file, os.environ),
        seed=asked.seed,
        population=asked.population,
        rate_limit=asked.rate_limit or None,
        latency_ms=asked.latency_ms,
        jitter_ms=asked.jitter_ms,
        slow_seconds=asked.slow_seconds,
        payloads=asked.payloads,
    )
    app = Hangable(build_app(config))
    uvicorn.run(app, host=asked.host, port=asked.port, access_log=False, log_level="warning")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="berceau simulator",
        description="Répond comme API Particulier (participation familiale EAJE), pour des "
        "familles inventées. Outil de démonstration et d’essai.",
        allow_abbrev=False,
        epilog=f"Le jeton accepté vient de la variable {TOKEN_VARIABLE} ou de --token-file.",
    )
    parser.add_argument("--host", default="127.0.0.1", help="adresse d’écoute")
    parser.add_argument("--port", type=int, default=8081, help="port d’écoute")
    parser.add_argument("--population", type=int, default=200, help="nombre de familles")
    parser.add_argument("--seed", type=int, default=7, help="graine des familles")
    parser.add_argument("--payloads", type=Path, help="dossier de réponses officielles (YAML)")
    parser.add_argument(
        "--rate-limit", type=int, default=20, help="appels par seconde et par jeton ; 0 : sans"
    )
    parser.add_argument("--latency-ms", type=int, default=0, help="durée de chaque réponse")
    parser.add_argument("--jitter-ms", type=int, default=0, help="variation de cette durée")
    parser.add_argument(
        "--slow-seconds", type=float, default=30.0, help="durée d’une réponse trop lente"
    )
    parser.add_argument("--token-file", type=Path, help="jetons acceptés, en JSON")
    return parser


def _tokens(path: Path | None, environ: Mapping[str, str]) -> dict[str, Token]:
    tokens = {environ[TOKEN_VARIABLE]: Token()} if environ.get(TOKEN_VARIABLE) else {}
    if path is not None:
        listed = json.loads(path.read_text(encoding="utf-8"))
        tokens |= {token: Token.from_json(rights) for token, rights in listed.items()}
    if not tokens:
        raise SystemExit(f"Aucun jeton : donnez {TOKEN_VARIABLE} ou --token-file.")
    return tokens


if __name__ == "__main__":
    main()
