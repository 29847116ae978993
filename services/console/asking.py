"""Asking why: no act without a comment; who posts one without it is asked for it on a page."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from fastapi import Response

from services.console.visit import Visit
from shared.protocol.operating.orders import OrderError, read_comment

COMMENT = "comment"


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What the page says of the act before it takes place.

    Attributes:
        title: the act, as a question.
        text: what it does, in a sentence.
        action: the address that it is posted to.
        yes: the words of its button.
        back: where whoever does nothing goes.
        danger: whether it cannot be undone.
        fields: what is posted again with the comment.
    """

    title: str
    text: str
    action: str
    yes: str
    back: str
    danger: bool = False
    fields: Mapping[str, str | tuple[str, ...]] = field(default_factory=dict)


def comment_of(visit: Visit, question: Question) -> str | Response:
    """The comment that came with an act, or the page that asks for it."""
    try:
        if COMMENT in visit.form.fields:
            return read_comment(visit.form.text(COMMENT))
    except OrderError as wrong:
        return _asked(visit, question, {COMMENT: f"Pourquoi : {wrong.said}"}, status=422)
    return _asked(visit, question, {}, status=200)


def _asked(visit: Visit, question: Question, errors: Mapping[str, str], status: int) -> Response:
    value = visit.form.text(COMMENT)
    return visit.page("ask.html", status=status, asked=question, errors=errors, comment=value)
