"""What a seal says, and the key that signs it."""

import stat
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from shared.errors import SettingsError
from shared.protocol.journal import Head
from shared.protocol.seals import Seal, SealKey, head_leaf, public_text, read_public

_SEAL = Seal(date(2026, 11, 22), 3, b"\x01" * 32, b"\x02" * 32)


def test_what_is_signed_is_canonical() -> None:
    """The same seal gives these bytes for ever, its purpose first of all."""
    root, previous = "01" * 32, "02" * 32

    assert (
        f'{{"day":"2026-11-22","heads":3,"previous":"{previous}",'
        f'"purpose":"berceau.journal.seal.v1","root":"{root}"}}'
    ).encode() == _SEAL.content()


@pytest.mark.parametrize(
    "change",
    [{"day": date(2026, 11, 21)}, {"heads": 4}, {"root": b"\x03" * 32}, {"previous": None}],
)
def test_a_signature_holds_for_one_seal_only(change: dict[str, Any]) -> None:
    """Day, count, root and day before are all under the signature."""
    key = SealKey.new()
    signature = key.sign(_SEAL)

    assert _SEAL.signed_by(key.public, signature)
    assert not replace(_SEAL, **change).signed_by(key.public, signature)


@pytest.mark.parametrize("public", [SealKey.new().public, b"", b"\xff" * 33])
def test_another_key_did_not_sign(public: bytes) -> None:
    """Another key, or bytes that are no key, verify nothing and raise nothing."""
    assert not _SEAL.signed_by(public, SealKey.new().sign(_SEAL))


def test_a_leaf_is_of_one_application_and_one_line() -> None:
    """Application, sequence and hash each change the leaf."""
    leaves = {
        head_leaf(UUID(int=one), Head(sequence, line))
        for one in (1, 2)
        for sequence in (1, 2)
        for line in (b"\x01" * 32, b"\x02" * 32)
    }

    assert 8 == len(leaves)


def test_a_key_is_written_once_for_its_owner(tmp_path: Path) -> None:
    """Mode 0600, read back as it was, and an existing file is left alone."""
    file, key = tmp_path / "sceau.pem", SealKey.new()
    key.write(file)

    with pytest.raises(FileExistsError):
        SealKey.new().write(file)
    assert 0o600 == stat.S_IMODE(file.stat().st_mode)
    assert key.public == SealKey.read(file).public


def test_what_is_no_seal_key_is_refused(tmp_path: Path) -> None:
    """A missing file, a text, a key of another kind: the setting is named."""
    absent, text, other = (tmp_path / name for name in ("absent", "text", "other"))
    text.write_text("-----BEGIN")
    pem = generate_private_key(SECP256R1()).private_bytes
    other.write_bytes(pem(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))

    for file in (absent, text, other):
        with pytest.raises(SettingsError, match="BERCEAU_SEAL_KEY_FILE"):
            SealKey.read(file)


def test_a_public_key_is_passed_on_as_text() -> None:
    """Base64 there and back; what is not 32 bytes of it is refused."""
    public = SealKey.new().public

    assert public == read_public(public_text(public))
    for wrong in ("", "é", "AAAA", public_text(public)[1:], f"!{public_text(public)}"):
        with pytest.raises(ValueError, match="not"):
            read_public(wrong)
