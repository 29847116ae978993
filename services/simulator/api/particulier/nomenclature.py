"""Nomenclature: codes, titles and details of refusals, in the edition that is asked for."""

from collections.abc import Iterator, Mapping
from enum import StrEnum
from functools import cache
from importlib.resources import files
from typing import Any, NamedTuple

import yaml

Entry = Mapping[str, Any]
_PLATFORM = "platform"


class Edition(StrEnum):
    """Which version of the codes is spoken."""

    SEPTEMBER = "2026-09"
    APRIL = "2026-04"


class Source(NamedTuple):
    """Who answers behind the platform: the first two digits of its codes, and its name."""

    prefix: str
    label: str


CNAF_MSA = Source("35", "CNAF & MSA")
SOCIAL_SECURITY = Source("36", "Sécurité sociale")
FRANCE_CONNECT = Source("51", "FranceConnect")


class Nomenclature:
    """The refusals of one edition."""

    def __init__(self, edition: Edition = Edition.SEPTEMBER) -> None:
        self.edition = edition
        self._sections = _page()
        changed = self._sections["april"] if edition is Edition.APRIL else {}
        self._known = {**_all(self._sections, but="april"), **changed}

    def error(
        self,
        name: str,
        source: Source | None = None,
        *,
        words: Mapping[str, str] | None = None,
        **meta: Any,  # noqa: ANN401
    ) -> dict[str, Any]:
        """An error with its HTTP status, its keys in the contract's order.

        `source` completes a sub-code; `words` fill the detail's places.

        Raises:
            KeyError: for a name that the nomenclature does not hold, or a sub-code without source.
        """
        return _error(self._known[name], source, words or {}, meta)

    def platform(self) -> dict[str, list[dict[str, Any]]]:
        """What every operation may answer before its provider is asked, by status."""
        return _by_status(self._of(_PLATFORM, None))

    def operation(
        self, sections: tuple[str, ...], source: Source, *, france_connect: bool
    ) -> dict[str, list[dict[str, Any]]]:
        """What one operation may answer, by status."""
        named = [each for section in sections for each in self._of(section, source)]
        if france_connect:
            named += [*self._of("france_connect", None), *self._of("generic", FRANCE_CONNECT)]
        return _by_status(iter(named))

    def subcodes(self) -> dict[str, dict[str, str]]:
        """The last three digits that every provider shares, with their words."""
        return {
            each["subcode"]: {"title": each["title"], "detail": each["detail"]}
            for each in self._sections["generic"].values()
        }

    def _of(self, section: str, source: Source | None) -> Iterator[dict[str, Any]]:
        return (self.error(name, source) for name in self._sections[section])


def _error(
    known: Entry, source: Source | None, words: Mapping[str, str], meta: Mapping[str, Any]
) -> dict[str, Any]:
    detail = known["detail"]
    for place, word in words.items():
        detail = detail.replace(f"{{{place}}}", word)
    stated = {key: known[key] for key in ("provider", "retry_in") if key in known}
    if "subcode" in known:
        stated = {"provider": _given(source).label, **stated}
    return {
        "status": known["status"],
        "code": known.get("code") or _given(source).prefix + known["subcode"],
        "title": known["title"],
        "detail": detail,
        "source": _pointed_at(known),
        "meta": {**stated, **meta},
    }


def _given(source: Source | None) -> Source:
    if source is None:
        raise KeyError("source")
    return source


def _pointed_at(known: Entry) -> dict[str, str] | None:
    pointed = {key: known[key] for key in ("parameter", "header") if key in known}
    return pointed or None


def _by_status(errors: Iterator[dict[str, Any]]) -> dict[str, list[dict[str, Any]]]:
    listed: dict[str, list[dict[str, Any]]] = {}
    for each in errors:
        listed.setdefault(str(each.pop("status")), []).append(each)
    return dict(sorted(listed.items()))


def _all(sections: Mapping[str, Mapping[str, Entry]], *, but: str) -> dict[str, Entry]:
    return {
        name: each
        for section, part in sections.items()
        if section != but
        for name, each in part.items()
    }


@cache
def _page() -> Mapping[str, Mapping[str, Entry]]:
    page = files("services.simulator.api.particulier").joinpath("refusals.yaml")
    content: Mapping[str, Mapping[str, Entry]] = yaml.safe_load(page.read_text(encoding="utf-8"))
    return content
