"""An invented habilitation that lacks nothing, and the authority that holds it."""

from collections.abc import Callable
from typing import Any

import pytest

from services.command.demo import town
from services.command.records.kinds import Kind
from services.command.records.models import Authority, Habilitation, read

Makes = Callable[..., Habilitation]
_SIRET = "21130000900019"


@pytest.fixture
def authority() -> Authority:
    given = {"code": "loire", "name": "Ville de Loire", "kind": "commune", "siret": _SIRET}
    record = read(Kind.AUTHORITY, given)
    assert isinstance(record, Authority)
    return record


@pytest.fixture
def right() -> Makes:
    """The demo's, with what is said otherwise of it and of its dossier."""

    def make(dossier: dict[str, Any] | None = None, **changes: Any) -> Habilitation:
        own = town.plan(token="t", key_hash=b"k", pace=18).access.dossier
        given = {"code": "loire", "authority": "loire", "recipient": _SIRET}
        record = read(Kind.HABILITATION, given | {"dossier": dict(own) | (dossier or {})} | changes)
        assert isinstance(record, Habilitation)
        return record

    return make
