"""Answers: what goes back on the wire."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

MEDIA_TYPE = "application/vnd.api+json; charset=utf-8"  # whatever the OpenAPI page says


@dataclass(frozen=True, slots=True)
class Answer:
    """One HTTP answer. `sound`: it may be remembered.

    `hang_up` closes the connection instead of answering; `hang` does when the caller gives up.
    """

    status: int
    body: bytes
    headers: Mapping[str, str] = field(default_factory=dict)
    media_type: str = MEDIA_TYPE
    hang_up: bool = False
    hang: bool = False
    sound: bool = False

    def with_headers(self, headers: Mapping[str, str]) -> "Answer":
        """The same answer with more headers; its own win."""
        return replace(self, headers={**headers, **self.headers})

    @property
    def seen(self) -> int:
        """The status that the caller sees; 0 when none comes."""
        return 0 if self.hang or self.hang_up else self.status

    def content(self) -> Any:  # noqa: ANN401
        """The JSON of the body.

        Raises:
            ValueError: when the body is no JSON.
        """
        return json.loads(self.body)


HUNG_UP = Answer(502, b"", hang_up=True)
HANGING = Answer(504, b"", hang=True)


def found(data: Mapping[str, Any]) -> Answer:
    """The envelope of a 200."""
    return Answer(200, as_json({"data": data, "links": {}, "meta": {}}), sound=True)


def refused(*errors: Mapping[str, Any]) -> Answer:
    """One answer for one or several errors of the same status, as a nomenclature makes them."""
    shown = [{key: each[key] for key in each if key != "status"} for each in errors]
    return Answer(errors[0]["status"], as_json({"errors": shown}))


def as_json(content: Any) -> bytes:  # noqa: ANN401
    """JSON as the server writes it: compact, accents as they are."""
    return json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode()
