"""Payloads: official payload files, answered by the exact-match rule of the staging server.

The whole set of parameters must be equal once absent and zero parts are dropped and strings are in
lower case (accents kept); the order of first names counts, the recipient does not, nor the commune
of somebody born abroad. What matches no file gets `404.yaml`, whatever its own parameters. Scopes
mask nothing in this mode.
"""

from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from pathlib import Path
from typing import Any

import yaml

from services.simulator.api.answers import Answer, error, refused
from services.simulator.api.query import Query
from services.simulator.population.words import FRANCE

OPERATION = "api_particulier_v3_cnav_participation_familiale_eaje_with_civility"
_COMMUNE, _COUNTRY = "codeCogInseeCommuneNaissance", "codeCogInseePaysNaissance"
_INTEGERS = frozenset({"anneeDateNaissance", "moisDateNaissance", "jourDateNaissance"})
_DEFAULT = "404.yaml"

_Key = frozenset[tuple[str, str | tuple[str, ...]]]


class PayloadProvider:
    """Answers from the files of a folder, or of its sub-folder named after the operation.

    Raises:
        FileNotFoundError: when the folder holds no payload file.
    """

    def __init__(self, folder: Path) -> None:
        inner = folder / OPERATION
        paths = sorted((inner if inner.is_dir() else folder).glob("*.y*ml"))
        if not paths:
            raise FileNotFoundError(f"no payload file (*.yaml, *.yml) in {folder}")
        read = {path.name: yaml.safe_load(path.read_text(encoding="utf-8")) for path in paths}
        self._answers = {_key_of_file(content): _answer(content) for content in read.values()}
        self._default = _answer(read[_DEFAULT]) if _DEFAULT in read else refused(error("35003"))

    async def answer(self, query: Query, scopes: AbstractSet[str]) -> Answer:  # noqa: ARG002
        """The file whose parameters are exactly these."""
        return self._answers.get(_key_of_query(query), self._default)


def _answer(content: Mapping[str, Any]) -> Answer:
    return Answer(int(content["status"]), str(content["payload"]).encode())


def _key_of_file(content: Mapping[str, Any]) -> _Key:
    params = dict(content.get("params") or {})
    first_names = tuple(str(name) for name in params.pop("prenoms", None) or ())
    return _key({name: str(value) for name, value in params.items() if value}, first_names)


def _key_of_query(query: Query) -> _Key:
    return _key(query.single, query.first_names)


def _key(single: Mapping[str, str], first_names: tuple[str, ...]) -> _Key:
    born_abroad = single.get(_COUNTRY, FRANCE) != FRANCE
    ignored = {"recipient", _COMMUNE} if born_abroad else {"recipient"}
    kept = {name: _normal(name, value) for name, value in single.items() if name not in ignored}
    names = tuple(name.lower() for name in first_names)
    parts: list[tuple[str, str | tuple[str, ...]]] = [(k, v) for k, v in kept.items() if v]
    return frozenset((*parts, ("prenoms", names)))


def _normal(name: str, value: str) -> str:
    """Numbers lose their leading zeros, and are nothing when they are zero."""
    return value.lstrip("0") if name in _INTEGERS else value.lower()
