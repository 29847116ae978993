"""Payloads: official payload files, answered by the exact-match rule of the staging server.

The whole set of parameters must be equal once absent and zero parts are dropped and strings are in
lower case (accents kept); the order of first names counts, the recipient does not, nor the commune
of somebody born abroad. What matches no file gets `404.yaml`, whatever its own parameters. Scopes
mask nothing in this mode.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

from services.simulator.api.answers import Answer, refused
from services.simulator.api.particulier.endpoints import ENDPOINTS, Mode
from services.simulator.api.particulier.nomenclature import Nomenclature
from services.simulator.api.particulier.provider import Question
from services.simulator.api.particulier.query import Query
from services.simulator.population.words import FRANCE

_COMMUNE, _COUNTRY = "codeCogInseeCommuneNaissance", "codeCogInseePaysNaissance"
_INTEGERS = frozenset({"anneeDateNaissance", "moisDateNaissance", "jourDateNaissance"})
_DEFAULT = "404.yaml"
# FranceConnect's test identities have no name in use, and the files written for them have one.
_UNCOUNTED = {Mode.CIVIL_STATUS: frozenset[str](), Mode.FRANCE_CONNECT: frozenset({"nomUsage"})}

_Key = frozenset[tuple[str, str | tuple[str, ...]]]


class Folder:
    """The files of one operation; `uncounted` parameters do not count in its match."""

    def __init__(self, paths: list[Path], fallback: Answer, uncounted: frozenset[str]) -> None:
        read = {path.name: yaml.safe_load(path.read_text(encoding="utf-8")) for path in paths}
        self._uncounted = uncounted
        self._answers = {
            _without(_key_of_file(content), uncounted): _answer(content)
            for content in read.values()
        }
        self._default = _answer(read[_DEFAULT]) if _DEFAULT in read else fallback

    def answer(self, query: Query) -> Answer:
        """The file whose parameters are exactly these."""
        return self._answers.get(_without(_key_of_query(query), self._uncounted), self._default)


class PayloadProvider:
    """Answers from the sub-folders of a folder, each named after its operation.

    Raises:
        FileNotFoundError: when no operation has any file.
    """

    def __init__(self, folder: Path, nomenclature: Nomenclature) -> None:
        fallback = refused(nomenclature.error("35003"))
        modes = {each.operation(mode): mode for each in ENDPOINTS for mode in Mode}
        paths = {name: sorted((folder / name).glob("*.y*ml")) for name in modes}
        if not any(paths.values()):
            raise FileNotFoundError(f"no payload file (*.yaml, *.yml) in {folder}")
        self._folders = {
            name: Folder(listed, fallback, _UNCOUNTED[modes[name]])
            for name, listed in paths.items()
        }

    async def answer(self, question: Question) -> Answer:
        """The file whose parameters are exactly these; scopes do not count."""
        operation = question.endpoint.operation(question.mode)
        return self._folders[operation].answer(question.query)


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


def _without(key: _Key, names: frozenset[str]) -> _Key:
    return frozenset(part for part in key if part[0] not in names)


def _normal(name: str, value: str) -> str:
    """Numbers lose their leading zeros, and are nothing when they are zero."""
    return value.lstrip("0") if name in _INTEGERS else value.lower()
