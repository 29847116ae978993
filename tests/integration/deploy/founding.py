"""The demo's town, founded in an installation by the secrets of its folder."""

import json
from pathlib import Path

from services.command.demo.town import plan
from services.command.founding import found
from shared.portal_keys import mint_key
from shared.sealing import KeyRing
from shared.store.engine import open_engine


def found_town(secrets: Path, database_url: Path) -> str:
    """An authority that may call the simulator; returns its portal's key."""
    key, key_hash = mint_key()
    [token] = json.loads((secrets / "simulator_tokens").read_text())
    engine = open_engine(database_url.read_text("utf-8").strip(), name="test", connections=1)
    ring = KeyRing.read(secrets / "key_ring")
    found(engine, ring, plan(token=token, key_hash=key_hash, pace=15))
    engine.dispose()
    return key
