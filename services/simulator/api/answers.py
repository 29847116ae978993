"""Answers: what goes back on the wire, and the refusals of the nomenclature."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from importlib.resources import files
from typing import Any

import yaml

MEDIA_TYPE = "application/vnd.api+json; charset=utf-8"  # whatever the OpenAPI page says


@dataclass(frozen=True, slots=True)
class Answer:
    """One HTTP answer; `hang_up` closes the connection instead, `sound` may be remembered."""

    status: int
    body: bytes
    headers: Mapping[str, str] = field(default_factory=dict)
    media_type: str = MEDIA_TYPE
    hang_up: bool = False
    sound: bool = False

    def with_headers(self, headers: Mapping[str, str]) -> "Answer":
        """The same answer with more headers; its own win."""
        return replace(self, headers={**headers, **self.headers})


def found(data: Mapping[str, Any]) -> Answer:
    """The envelope of a 200."""
    return Answer(200, as_json({"data": data, "links": {}, "meta": {}}), sound=True)


def refused(*errors: Mapping[str, Any]) -> Answer:
    """One answer for one or several errors of the same status, made by `error`."""
    shown = [{key: each[key] for key in each if key != "status"} for each in errors]
    return Answer(errors[0]["status"], as_json({"errors": shown}))


def error(name: str, *, version: str = "", **meta: Any) -> dict[str, Any]:  # noqa: ANN401
    """An error of `refusals.yaml`, its keys in the contract's order, with its HTTP status."""
    known = _nomenclature()[name]
    stated = {key: known[key] for key in ("provider", "retry_in") if key in known}
    return {
        "status": known["status"],
        "code": known["code"],
        "title": known["title"],
        "detail": known["detail"].replace("{version}", version),
        "source": {"parameter": known["parameter"]} if "parameter" in known else None,
        "meta": {**stated, **meta},
    }


def as_json(content: Any) -> bytes:  # noqa: ANN401
    """JSON as the server writes it: compact, accents as they are."""
    return json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode()


@cache
def _nomenclature() -> Mapping[str, Mapping[str, Any]]:
    page = files("services.simulator.api").joinpath("refusals.yaml")
    content: Mapping[str, Mapping[str, Any]] = yaml.safe_load(page.read_text(encoding="utf-8"))
    return content
