"""Options: the command line of the simulator. Tokens and secrets come by file or by environment."""

import argparse
from datetime import datetime
from pathlib import Path

from services.simulator.api.faults.rules import rule
from services.simulator.api.particulier.nomenclature import Edition
from services.simulator.clock import from_paris

TOKEN_VARIABLE = "BERCEAU_SIMULATOR_TOKEN"  # noqa: S105  the name of a variable, not a secret


def parser() -> argparse.ArgumentParser:
    """Every option, with its help in French."""
    options = argparse.ArgumentParser(
        prog="berceau simulator",
        description="Répond comme API Particulier (quotient familial, participation familiale "
        "EAJE) et comme la DGFiP (API Impôt particulier, API SFiP), pour des familles inventées. "
        "Outil de démonstration et d’essai.",
        allow_abbrev=False,
        epilog=f"Le jeton accepté vient de la variable {TOKEN_VARIABLE} ou de --token-file.",
    )
    _add_place(options)
    _add_people(options)
    _add_rights(options)
    _add_limits(options)
    _add_time(options)
    return options


def _add_place(options: argparse.ArgumentParser) -> None:
    options.add_argument("--host", default="127.0.0.1", help="adresse d’écoute")
    options.add_argument("--port", type=int, default=8081, help="port d’écoute")


def _add_people(options: argparse.ArgumentParser) -> None:
    add = options.add_argument
    add("--population", type=int, default=200, help="nombre de familles")
    add("--seed", type=int, default=7, help="graine des familles")
    add("--payloads", type=Path, help="dossier de réponses officielles (YAML)")
    add(
        "--nomenclature",
        choices=[each.value for each in Edition],
        default=Edition.SEPTEMBER.value,
        help="édition des codes d’erreur",
    )
    add("--staging", action="store_true", help="se comporte comme l’environnement de staging")


def _add_rights(options: argparse.ArgumentParser) -> None:
    add = options.add_argument
    add("--token-file", type=Path, help="jetons acceptés, en JSON")
    add("--any-jwt", action="store_true", help="accepte tout JWT HS256, selon son contenu")
    add("--fc-token-file", type=Path, help="jetons FranceConnect, en JSON")
    add(
        "--fc-life-seconds",
        type=int,
        default=60,
        help="vie d’un jeton FranceConnect ; 0 : sans fin",
    )
    add("--dgfip-file", type=Path, help="clients et téléservices de la DGFiP, en JSON")
    add("--dgfip-token-seconds", type=int, default=3_600, help="vie d’un jeton de la DGFiP")


def _add_limits(options: argparse.ArgumentParser) -> None:
    add = options.add_argument
    add("--rate-limit", type=int, default=20, help="appels par seconde et habilitation ; 0 : sans")
    add("--address-limit", type=int, default=1_000, help="appels par minute et adresse ; 0 : sans")
    add("--dgfip-rate-limit", type=int, default=50, help="appels par minute à la DGFiP ; 0 : sans")
    add(
        "--ban-after",
        type=int,
        default=100,
        help="réponses 429 par minute avant exclusion ; 0 : sans",
    )
    add("--ban-seconds", type=int, default=43_200, help="durée de l’exclusion")


def _add_time(options: argparse.ArgumentParser) -> None:
    add = options.add_argument
    add("--latency-ms", type=int, default=0, help="durée de chaque réponse")
    add("--jitter-ms", type=int, default=0, help="variation de cette durée")
    add("--slow-seconds", type=float, default=30.0, help="durée d’une réponse trop lente")
    add("--fault", action="append", type=_rule, help="une panne, comme « status=502 rate=0.05 »")
    add("--no-windows", action="store_true", help="sans les maintenances programmées")
    add("--qf-always-ready", action="store_true", help="le QF du mois est là dès le 1er")
    add("--at", type=_moment, help="date et heure de Paris au départ, comme 2026-07-21T10:00")


def _rule(text: str) -> str:
    try:
        rule(text)
    except ValueError as refused:
        raise argparse.ArgumentTypeError(str(refused)) from refused
    return text


def _moment(text: str) -> datetime:
    try:
        civil = datetime.fromisoformat(text)
    except ValueError as refused:
        raise argparse.ArgumentTypeError(f"« {text} » n’est pas une date") from refused
    return civil if civil.tzinfo else from_paris(civil)
