"""Ordering: what a form asks to be done, and what is wrong with it, all at once."""

from datetime import UTC, datetime
from typing import Any

import pytest

from services.console.forms import Form
from services.console.ordering import FaultyError, read_order
from shared.protocol.operating.orders import Order, Verb
from shared.review_acts import ClosedFor
from shared.states import Lane

_NOW = datetime(2026, 11, 23, 3, 0, tzinfo=UTC)
_WHY = "panne finie"


def _form(**fields: str) -> Form:
    return Form({name: (value,) for name, value in fields.items()})


@pytest.mark.parametrize(
    ("verb", "fields", "expected"),
    [
        (Verb.RETRY, {}, {}),
        (
            Verb.RETRY_AT,
            {"at": "2026-11-24T08:00"},
            {"at": datetime(2026, 11, 24, 8, tzinfo=UTC)},
        ),
        (Verb.LANE, {"lane": "bulk"}, {"lane": Lane.BULK}),
        (Verb.CLOSE, {"ground": "duplicate"}, {"ground": ClosedFor.DUPLICATE}),
    ],
)
def test_a_form_becomes_an_order(
    verb: Verb, fields: dict[str, str], expected: dict[str, Any]
) -> None:
    """With what its kind needs, and nothing that another kind would."""
    form = _form(comment=_WHY, **fields)

    order = read_order(form, verb, actor="person:x", now=_NOW)

    assert Order(verb=verb, actor="person:x", comment=_WHY, **expected) == order


@pytest.mark.parametrize(
    ("verb", "fields", "wrong"),
    [
        (Verb.RETRY, {"comment": " "}, {"comment"}),
        (Verb.RETRY, {"comment": "voir zoe@exemple.fr"}, {"comment"}),
        (Verb.RETRY_AT, {"comment": "", "at": "demain"}, {"comment", "at"}),
        (Verb.RETRY_AT, {"comment": _WHY, "at": "2026-11-22T08:00"}, {"at"}),
        (Verb.RETRY_AT, {"comment": _WHY, "at": "0001-01-01T00:00+23:59"}, {"at"}),
        (Verb.LANE, {"comment": _WHY, "lane": "rapide"}, {"lane"}),
        (Verb.CLOSE, {"comment": _WHY}, {"ground"}),
    ],
)
def test_every_wrong_field_is_named(verb: Verb, fields: dict[str, str], wrong: set[str]) -> None:
    """At once: nobody corrects a form one field at a time."""
    with pytest.raises(FaultyError) as faulty:
        read_order(_form(**fields), verb, actor="person:x", now=_NOW)

    assert wrong == set(faulty.value.errors)
