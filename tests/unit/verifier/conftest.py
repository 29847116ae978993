"""One invented family, and the moment of the call."""

from datetime import UTC, datetime

import pytest

from shared.application import Application

_APPLICATION = {
    "scheme": "creches",
    "child": {
        "birth_name": "Marchetti-Lô",
        "first_names": ["Zoé"],
        "sex": "F",
        "birth": "2025-03-04",
    },
    "applicant": {
        "birth_name": "Lô",
        "usage_name": None,
        "first_names": ["Aminata", "Rose"],
        "sex": "F",
        "birth": "1992-07-19",
        "birth_place": {"country": "99100", "commune": "13055"},
    },
    "identity_assurance": "franceconnect",
    "address": {
        "line": "3 rue des Tilleuls",
        "postcode": "13200",
        "city": "Arles",
        "commune": "13004",
    },
    "structure": "les-mesanges",
    "care": {
        "type": "collectif",
        "start": "2026-09-01",
        "contract_hours": "1518.00",
        "instalments": 11,
    },
    "notice": {"version": "2026-01", "shown_at": "2026-11-20T09:30:00Z"},
}


@pytest.fixture(scope="session")
def application() -> Application:
    return Application.model_validate(_APPLICATION)


@pytest.fixture(scope="session")
def now() -> datetime:
    return datetime(2026, 11, 23, 9, 30, tzinfo=UTC)
