"""Papers: what is given to be read, in the format that the reader prefers (RFC 9110, 12.5.1)."""

from collections.abc import Iterable, Mapping, Sequence
from enum import StrEnum
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field
from starlette.responses import JSONResponse, Response

from services.intake.problems import refusal
from services.intake.wordings import Kind
from services.tariff.explanation.html import as_html, content_security_policy
from services.tariff.explanation.paper import Paper
from services.tariff.explanation.pdf import as_pdf
from services.tariff.explanation.plain import as_json

_MOST_RANGES = 20  # of an Accept header that anybody may send


class Format(StrEnum):
    """The formats of a paper."""

    JSON = "application/json"
    HTML = "text/html"
    PDF = "application/pdf"


EVERY = (Format.JSON, Format.HTML, Format.PDF)
READ_ONLINE = (Format.HTML, Format.JSON)


class _Answer(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class FactAnswer(_Answer):
    """Un mot et sa valeur, en tête."""

    label: str
    value: str


class SentenceAnswer(_Answer):
    """Une phrase ; son nom ne change pas d'une version à l'autre."""

    name: str
    text: str


class BlockAnswer(_Answer):
    """Un bloc : des phrases, un sous-titre, ou un tableau."""

    type: Annotated[
        str, Field(description="paragraph, answer, steps, points, subheading ou table.")
    ]
    sentences: list[SentenceAnswer] | None = None
    text: str | None = None
    name: str | None = None
    caption: str | None = None
    head: list[str] | None = None
    rows: list[list[str]] | None = None


class SectionAnswer(_Answer):
    """Une partie, avec son titre."""

    name: str
    title: str
    blocks: list[BlockAnswer]


class PaperAnswer(_Answer):
    """Une lettre ou une page de règles, phrase par phrase."""

    format: str
    kind: str
    title: str
    dated: str
    sender: list[str]
    recipient: list[str]
    facts: list[FactAnswer]
    sections: list[SectionAnswer]
    closing: list[str]


def preferred(accept: Iterable[str], offered: Sequence[Format]) -> Format:
    """The offered format that the reader likes best, in the order of the offer when it has none.

    Raises:
        ProblemError: not-acceptable.
    """
    asked = ",".join(accept).split(",")[:_MOST_RANGES]
    liked = dict(filter(None, map(_range, asked)))
    if not liked:
        return offered[0]
    best = max(offered, key=lambda form: _quality(form, liked))
    if _quality(best, liked) <= 0:
        raise refusal(Kind.NOT_ACCEPTABLE, accepted=[form.value for form in offered])
    return best


def answer(
    paper: Paper, form: Format, *, named: str, headers: Mapping[str, str] | None = None
) -> Response:
    """A paper in a format; `named` is what a file of it is called."""
    told = {"Vary": "Accept", "Content-Language": "fr", **(headers or _KEPT_BY_NOBODY)}
    match form:
        case Format.JSON:
            return JSONResponse(as_json(paper), headers=told)
        case Format.HTML:
            told |= {"Content-Security-Policy": content_security_policy()}
            told |= {"X-Content-Type-Options": "nosniff", "Referrer-Policy": "no-referrer"}
            return Response(as_html(paper), headers=told, media_type=f"{form}; charset=utf-8")
        case Format.PDF:
            told |= {"Content-Disposition": f'inline; filename="{named}.pdf"'}
            return Response(as_pdf(paper), headers=told, media_type=form)


_KEPT_BY_NOBODY = {"Cache-Control": "no-store"}


def _range(text: str) -> tuple[str, float] | None:
    media, *parameters = (part.strip().lower() for part in text.split(";"))
    quality = next((p.removeprefix("q=") for p in parameters if p.startswith("q=")), "1")
    try:
        return (media, float(quality)) if media else None
    except ValueError:
        return None


def _quality(form: Format, liked: Mapping[str, float]) -> float:
    """How much a format is liked: the most precise range decides."""
    family = form.value.split("/")[0]
    for media in (form.value, f"{family}/*", "*/*"):
        if media in liked:
            return liked[media]
    return 0.0
