"""What a home keeps secret: a portal's key, the simulator's token, the key ring, two more keys."""

import json
import secrets
from collections.abc import Mapping
from pathlib import Path

from services.command.stack.home import Home
from shared.blind_names import IndexKeys
from shared.portal_keys import mint_key
from shared.protocol.seals import SealKey
from shared.sealing import KeyRing


def kept_in(home: Home) -> Mapping[str, str]:
    """The secrets of this home, made at its first start: a portal's key, the simulator's token."""
    file = home.folder("secrets") / "demo.json"
    if not file.exists():
        key, _ = mint_key()
        file.touch(mode=0o600)
        file.write_text(json.dumps({"portal_key": key, "token": secrets.token_urlsafe(32)}))
    content: Mapping[str, str] = json.loads(file.read_text())
    return content


def key_ring_file(home: Home) -> Path:
    """The ring that seals families' data, made at the first start."""
    file = home.folder("secrets") / "key-ring.json"
    if not file.exists():
        KeyRing.new("demo").write(file)
    return file


def index_key_file(home: Home) -> Path:
    """The key of the index of names, made at its first start."""
    file = home.folder("secrets") / "index-key.json"
    if not file.exists():
        IndexKeys.new().write(file)
    return file


def seal_key_file(home: Home) -> Path:
    """The key that signs the seals of days, made at the first start."""
    file = home.folder("secrets") / "seal-key.pem"
    if not file.exists():
        SealKey.new().write(file)
    return file
