"""The families who hand something in while a runbook is followed, each of them once."""

import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import count, islice
from typing import Any
from uuid import uuid4

import httpx

from services.command.running import Running

_PAGE = 100
Family = Mapping[str, Any]


def kind_of(refused: httpx.Response) -> str:
    """The kind of a problem: `too-many-requests`."""
    uri: str = refused.json()["type"]
    return re.split("[/:]", uri)[-1]


def _of_them_alone(family: Family) -> Iterator[str]:
    """What a family typed and nobody else would; a year alone stands in any number."""
    for person in (family["applicant"], family["child"]):
        first, last = person["first_names"], person["birth_name"]
        yield from (f"{last} {first[0]}", f"{' '.join(first)} {last}")
        if len(birth := person.get("birth") or "") > len("1986"):
            yield birth
    yield family["address"]["line"]


class Families:
    """A portal's people: they are known to the simulator, and most are decided without help."""

    def __init__(self, stack: Running) -> None:
        self._stack = stack
        self._http = httpx.Client(timeout=30, trust_env=False)
        self._known = self._pages()
        self._kept: dict[str, list[Family]] = {}
        self._came: list[Family] = []

    def close(self) -> None:
        self._http.close()

    def of(self, kind: str, how_many: int) -> list[Family]:
        """Newcomers of a kind: `nominal` ones will be decided."""
        kept = self._kept.setdefault(kind, [])
        while len(kept) < how_many:
            family = next(self._known)
            self._kept.setdefault(family["truth"]["kind"], []).append(family["enrolment"])
        chosen, kept[:how_many] = kept[:how_many], []
        self._came += chosen
        return chosen

    def told_in(self, text: str) -> set[str]:
        """What a text tells of the families who came: who they are, when born, where they live."""
        return {word for family in self._came for word in _of_them_alone(family) if word in text}

    def hand_in(self, how_many: int, *, kind: str = "nominal") -> list[str]:
        """Newcomers post in one batch, which the slow lane takes; their references."""
        rows = {"applications": [{"application": one} for one in self.of(kind, how_many)]}
        answer = self.post("/v1/applications:batch", rows).raise_for_status().json()
        return [row["receipt"]["reference"] for row in answer["rows"]]

    def hand_in_one(self, *, kind: str = "nominal") -> str:
        """A newcomer posts from behind a screen; its reference."""
        [family] = self.of(kind, 1)
        answer = self.post("/v1/applications", family).raise_for_status().json()
        reference: str = answer["reference"]
        return reference

    def post(
        self, path: str, content: object, *, key: str | None = None, once: str | None = None
    ) -> httpx.Response:
        """A portal posts, with its key or another, and an idempotency key of its own or a new."""
        headers = {
            "Authorization": f"Bearer {key or self._stack.portal_key}",
            "Idempotency-Key": once or uuid4().hex,
        }
        return self._http.post(f"{self._stack.intake_url}{path}", json=content, headers=headers)

    def _pages(self) -> Iterator[Family]:
        for page in count():
            asked = {"offset": page * _PAGE, "limit": _PAGE}
            url = f"{self._stack.simulator_url}/population"
            told: Sequence[Family] = self._http.get(url, params=asked).raise_for_status().json()
            assert told, "no family is left: a larger population"
            yield from islice(told, _PAGE)
