"""Which applications are the same: child, applicant, scheme, period and portal."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest

from services.intake.examples import APPLICATION
from services.intake.portals import Portal
from services.intake.problems import ProblemError
from services.intake.repetition import read_idempotency_key, same_application
from services.intake.wanted import Wanted
from services.intake.wordings import Kind
from shared.application import Application
from shared.sealing import KeyRing

_RING = KeyRing("k", {"k": b"k" * 32}, b"i" * 32)
_PORTAL = Portal(UUID(int=1), "arles", UUID(int=2), 60, datetime(2026, 11, 23, tzinfo=UTC))
_WANTED = Wanted(UUID(int=3), UUID(int=4), UUID(int=5))


def _index(
    changes: dict[str, dict[str, Any]] | None = None,
    *,
    portal: Portal = _PORTAL,
    wanted: Wanted = _WANTED,
) -> bytes:
    body = {key: {**APPLICATION[key], **change} for key, change in (changes or {}).items()}
    application = Application.model_validate({**APPLICATION, **body})
    return same_application(_RING, portal, wanted, application)


@pytest.mark.parametrize(
    "changes",
    [
        {"child": {"first_names": ["ZOE"], "birth_name": "marchetti lo", "sex": None}},
        {"applicant": {"first_names": ["Aminata Rose"], "usage_name": "Marchetti"}},
        {"address": {"line": "4 rue des Tilleuls"}},
        {"care": {"contract_hours": "700.00", "instalments": 10}},
    ],
)
def test_same_despite(changes: dict[str, dict[str, Any]]) -> None:
    """Case, accents, hyphens, the address and the hours do not make another application."""
    assert _index() == _index(changes)


@pytest.mark.parametrize(
    "changes",
    [
        {"child": {"first_names": ["Inès"]}},
        {"child": {"first_names": ["Zoé", "Lou"]}},
        {"child": {"birth": "2025-03-05"}},
        {"child": {"birth_name": "Marchetti"}},
        {"applicant": {"birth_name": "Marchetti"}},
        {"applicant": {"first_names": ["Aminata"]}},
        {"applicant": {"birth": "1992-07"}},
        {"applicant": {"birth_place": {"country": "99100", "commune": "13004"}}},
        {"care": {"start": "2026-09-02"}},
        {"care": {"end": None}},
    ],
)
def test_another_when(changes: dict[str, dict[str, Any]]) -> None:
    """A twin, another parent or another period is another application."""
    assert _index() != _index(changes)


def test_another_portal_or_scheme_is_another() -> None:
    """One portal's application never answers for another's, nor one scheme's."""
    elsewhere = [
        _index(portal=replace(_PORTAL, id=UUID(int=9))),
        _index(wanted=replace(_WANTED, scheme_id=UUID(int=9))),
    ]

    assert _index() not in elsewhere
    assert _index() == _index(wanted=replace(_WANTED, structure_id=UUID(int=9)))


@pytest.mark.parametrize("given", [[""], ["a b"], ["é"], ["x" * 256], ["\t"], ["a", "a"]])
def test_a_malformed_idempotency_key_is_named(given: list[str]) -> None:
    """A key that is not 1 to 255 visible ASCII characters, once, is refused."""
    with pytest.raises(ProblemError) as caught:
        read_idempotency_key(given)

    assert Kind.MALFORMED_IDEMPOTENCY_KEY is caught.value.problem.kind


def test_an_idempotency_key_is_optional() -> None:
    """No header, no key; the longest key passes."""
    assert (None, "~" * 255) == (read_idempotency_key([]), read_idempotency_key(["~" * 255]))
