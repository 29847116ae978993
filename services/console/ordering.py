"""Ordering: an order to applications, from what a form says of it. Pure."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from services.console.forms import Form
from shared.protocol.operating.orders import Order, OrderError, Verb, read_comment, read_time
from shared.review_acts import ClosedFor
from shared.states import Lane

_LABELS = {"comment": "Pourquoi", "at": "Quand", "lane": "Voie", "ground": "Motif de clôture"}


class FaultyError(ValueError):
    """An order that cannot be given: each field with its sentence."""

    def __init__(self, errors: Mapping[str, str]) -> None:
        super().__init__(" ".join(errors.values()))
        self.errors = errors


def read_order(form: Form, verb: Verb, *, actor: str, now: datetime) -> Order:
    """The order of a form.

    Raises:
        FaultyError: naming every field that is wrong.
    """
    errors: dict[str, str] = {}
    values: dict[str, Any] = {}
    for name, reading in (("comment", _comment), *_ASKED.get(verb, ())):
        try:
            values[name] = reading(form, now)
        except OrderError as wrong:
            errors[name] = f"{_LABELS[name]} : {wrong.said}"
    if errors:
        raise FaultyError(errors)
    return Order(verb=verb, actor=actor, **values)


def read_moment(text: str, now: datetime) -> datetime:
    """A date and a time to come, in UTC unless it says otherwise.

    Raises:
        OrderError: it is none, past, or too far away.
    """
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        raise OrderError("at", "une date et une heure, comme 2027-01-15 08:00 (UTC).") from None
    return read_time(at.replace(tzinfo=at.tzinfo or UTC), now).astimezone(UTC)


def _comment(form: Form, _now: datetime) -> str:
    return read_comment(form.text("comment"))


def _at(form: Form, now: datetime) -> datetime:
    return read_moment(form.text("at"), now)


def _lane(form: Form, _now: datetime) -> Lane:
    if form.text("lane") not in set(Lane):
        raise OrderError("lane", "choisissez une voie.")
    return Lane(form.text("lane"))


def _ground(form: Form, _now: datetime) -> ClosedFor:
    if form.text("ground") not in set(ClosedFor):
        raise OrderError("ground", "choisissez un motif.")
    return ClosedFor(form.text("ground"))


_ASKED = {
    Verb.RETRY_AT: (("at", _at),),
    Verb.LANE: (("lane", _lane),),
    Verb.CLOSE: (("ground", _ground),),
}
