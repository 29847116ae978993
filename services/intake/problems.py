"""Problems: every refusal of intake, as RFC 9457 says it, in French and with a remedy.

`services.intake.wordings` has the closed set. No problem repeats what was typed.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from starlette.responses import JSONResponse

from services.intake.wordings import WORDINGS, Kind

MEDIA_TYPE = "application/problem+json"
_MOST_ERRORS = 50


@dataclass(frozen=True, slots=True, order=True)
class Fault:
    """One thing to mend: where (JSON pointer), its stable code, and how, in French."""

    pointer: str
    code: str
    detail: str


@dataclass(frozen=True, slots=True)
class Problem:
    """A refusal: its kind, what to mend, members of its own, headers."""

    kind: Kind
    faults: tuple[Fault, ...] = ()
    members: Mapping[str, Any] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    detail: str | None = None

    def as_json(self) -> dict[str, Any]:
        """The body of the answer."""
        wording = WORDINGS[self.kind]
        said: dict[str, Any] = {
            "type": self.kind.uri,
            "title": wording.title,
            "status": wording.status,
            "detail": self.detail or wording.detail,
            **self.members,
        }
        if self.faults:
            said["errors"] = [
                {"pointer": f.pointer, "code": f.code, "detail": f.detail}
                for f in self.faults[:_MOST_ERRORS]
            ]
        return said


class ProblemError(Exception):
    """Ends a request with a problem."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.kind)
        self.problem = problem


def refusal(kind: Kind, faults: Iterable[Fault] = (), **members: object) -> ProblemError:
    """A problem of this kind, ready to be raised."""
    return ProblemError(Problem(kind, tuple(faults), members))


def answer_of(problem: Problem) -> JSONResponse:
    """The HTTP answer that says a problem."""
    return JSONResponse(
        problem.as_json(),
        status_code=WORDINGS[problem.kind].status,
        headers=dict(problem.headers),
        media_type=MEDIA_TYPE,
    )


def later(kind: Kind, *, seconds: int) -> ProblemError:
    """A problem that passes: come back after so many seconds (a row of a batch has no headers)."""
    headers = {"Retry-After": str(seconds)}
    return ProblemError(Problem(kind, members={"retry_after": seconds}, headers=headers))


def pointer(*parts: str | int) -> str:
    """A JSON pointer (RFC 6901)."""
    return "".join("/" + str(part).replace("~", "~0").replace("/", "~1") for part in parts)
