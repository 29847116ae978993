"""The engines that tests are lent: no connection outlives them."""

import threading
from typing import TYPE_CHECKING

import pytest

from shared.store.engine import open_engine
from tests.lent_engines import lent

if TYPE_CHECKING:
    from tests.conftest import Database

pytestmark = pytest.mark.stack


def test_a_connection_still_held_is_closed_too(migrated: "Database") -> None:
    """By a thread that a cancelled task left behind: who lends waits for it."""
    with lent(open_engine(migrated.service_url, name="test", connections=1)) as engine:
        held = engine.connect()
        wire = held.connection.dbapi_connection
        given_back = threading.Timer(0.3, held.close)
        given_back.start()

    assert wire is not None
    assert getattr(wire, "closed", None)
    given_back.join()
