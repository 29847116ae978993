"""Sealing: what opens with which key in which place, and nothing else; the ring on disk."""

import json
import stat
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.errors import SealingError, SettingsError
from shared.sealing import DataKey, KeyRing, WrappedKey

PLACE = "applications.sealed:1"


@given(st.binary(max_size=200), st.text(max_size=50))
def test_what_is_sealed_is_opened_in_its_place(content: bytes, place: str) -> None:
    """The same key and the same place give the content back."""
    key = DataKey.new()

    assert content == key.open(key.seal(content, place=place), place=place)


def test_nothing_sealed_twice_looks_the_same() -> None:
    """Equal contents are not seen to be equal."""
    key = DataKey.new()

    assert key.seal(b"Agathe", place=PLACE) != key.seal(b"Agathe", place=PLACE)


def test_a_ciphertext_cannot_be_moved_to_another_row() -> None:
    """Its place is part of what is authenticated."""
    key = DataKey.new()
    with pytest.raises(SealingError):
        key.open(key.seal(b"Agathe", place=PLACE), place="applications.sealed:2")


def test_another_key_opens_nothing() -> None:
    """Each application has its own."""
    with pytest.raises(SealingError):
        DataKey.new().open(DataKey.new().seal(b"Agathe", place=PLACE), place=PLACE)


@given(st.data())
def test_a_changed_byte_is_always_seen(data: st.DataObject) -> None:
    """Wherever it stands: nonce, content or tag."""
    key = DataKey(b"k" * 32)
    sealed = bytearray(key.seal(b"Agathe", place=PLACE))
    at = data.draw(st.integers(0, len(sealed) - 1))
    sealed[at] ^= data.draw(st.integers(1, 255))
    with pytest.raises(SealingError):
        key.open(bytes(sealed), place=PLACE)


@given(st.binary(max_size=40))
def test_what_was_never_sealed_is_refused(content: bytes) -> None:
    """Too short, empty or random: a named refusal, never another error."""
    with pytest.raises(SealingError):
        DataKey(b"k" * 32).open(content, place=PLACE)


def test_a_data_key_survives_the_rotation_of_the_ring() -> None:
    """A ring that has a newer current key still opens what the older one wrapped."""
    old, data_key = KeyRing.new("2025"), DataKey.new()
    wrapped = old.wrap(data_key)
    rotated = KeyRing("2026", {**old.keys, "2026": b"n" * 32}, old.index_key)

    assert data_key == rotated.unwrap(wrapped)
    assert "2026" == rotated.wrap(data_key).ring_key


@pytest.mark.parametrize("ring", [KeyRing.new("here"), KeyRing.new("elsewhere")])
def test_another_ring_opens_no_data_key(ring: KeyRing) -> None:
    """Neither by the same name nor by another."""
    wrapped = KeyRing.new("here").wrap(DataKey.new())
    with pytest.raises(SealingError):
        ring.unwrap(wrapped)


def test_a_lost_ring_key_is_named() -> None:
    """Ops learn which key to look for."""
    with pytest.raises(SealingError, match="'2019'"):
        KeyRing.new("2026").unwrap(WrappedKey("2019", b"wrapped"))


def test_a_secret_is_opened_by_its_ring_only() -> None:
    """A provider's token is nobody else's."""
    ring = KeyRing.new("here")
    sealed = ring.seal_secret("jeton é")

    assert "jeton é" == ring.open_secret(sealed)
    with pytest.raises(SealingError):
        KeyRing.new("here").open_secret(sealed)


@pytest.mark.parametrize(
    "sealed", [b"", b"here", b"here\0", b"gone\0" + b"x" * 60, b"\xff\xfe\0" + b"x" * 60]
)
def test_what_is_no_secret_is_refused(sealed: bytes) -> None:
    """Cut, of a lost key, or not ours at all: a named refusal."""
    with pytest.raises(SealingError):
        KeyRing.new("here").open_secret(sealed)


def test_a_secret_is_no_data_key() -> None:
    """What the ring sealed for one use opens for no other."""
    ring = KeyRing.new("here")
    sealed = ring.seal_secret("jeton").removeprefix(b"here\0")
    with pytest.raises(SealingError):
        ring.unwrap(WrappedKey("here", sealed))


def test_blind_indexes_find_equals_and_tell_parts_apart() -> None:
    """The same parts give the same bytes; moving a letter between parts gives others."""
    ring = KeyRing.new("here")

    assert ring.blind_index("Lô", "Zoé") == ring.blind_index("Lô", "Zoé")
    assert ring.blind_index("Lô", "Zoé") != ring.blind_index("LôZ", "oé")
    assert ring.blind_index("a", "b") != ring.blind_index("a", "b", "")
    assert 32 == len(ring.blind_index())


def test_a_blind_index_needs_its_key() -> None:
    """Who has the table and no key cannot look for a name."""
    assert KeyRing.new("here").blind_index("Lô") != KeyRing.new("here").blind_index("Lô")


def test_the_ring_keeps_its_blind_indexes_when_it_rotates() -> None:
    """They have a key of their own."""
    ring = KeyRing.new("2025")
    rotated = KeyRing("2026", {**ring.keys, "2026": b"n" * 32}, ring.index_key)

    assert ring.blind_index("Lô") == rotated.blind_index("Lô")


def test_a_ring_survives_its_file(tmp_path: Path) -> None:
    """What is written is read back as the same ring."""
    ring = KeyRing.new("2026")
    ring.write(tmp_path / "ring")

    assert ring == KeyRing.read(tmp_path / "ring")


def test_a_ring_is_its_owner_s_only(tmp_path: Path) -> None:
    """Nobody else on the machine reads it."""
    KeyRing.new("2026").write(tmp_path / "ring")

    assert 0o600 == stat.S_IMODE((tmp_path / "ring").stat().st_mode)


def test_a_ring_is_never_overwritten(tmp_path: Path) -> None:
    """Whoever types the command twice does not lose every family's data."""
    ring = KeyRing.new("2026")
    ring.write(tmp_path / "ring")
    with pytest.raises(FileExistsError):
        KeyRing.new("2026").write(tmp_path / "ring")

    assert ring == KeyRing.read(tmp_path / "ring")


_KEY = "a2tra2tra2tra2tra2tra2tra2tra2tra2tra2tra2s="
_RING = {"current": "a", "keys": {"a": _KEY}, "index_key": _KEY}


@pytest.mark.parametrize(
    "content",
    [
        "",
        "[]",
        "{}",
        '"text"',
        json.dumps({**_RING, "keys": [_KEY]}),
        json.dumps({**_RING, "keys": {"a": 1}}),
        json.dumps({**_RING, "keys": {"a": "?"}}),
        json.dumps({**_RING, "keys": {"a": "a2s="}}),
        json.dumps({**_RING, "current": "b"}),
        json.dumps({**_RING, "index_key": ""}),
    ],
)
def test_what_is_no_ring_is_refused_without_quoting_it(tmp_path: Path, content: str) -> None:
    """A file that holds no whole ring stops the process at its start, and shows no key."""
    path = tmp_path / "ring"
    path.write_text(content)
    with pytest.raises(SettingsError, match="BERCEAU_KEY_RING_FILE") as refused:
        KeyRing.read(path)

    assert _KEY[:8] not in str(refused.value)


def test_a_whole_ring_is_read(tmp_path: Path) -> None:
    """The refusals above are not for want of a good example."""
    path = tmp_path / "ring"
    path.write_text(json.dumps(_RING))

    assert "a" == KeyRing.read(path).current


def test_a_missing_ring_says_how_to_make_one(tmp_path: Path) -> None:
    """The remedy is in the message."""
    with pytest.raises(SettingsError, match="berceau keys new"):
        KeyRing.read(tmp_path / "nothing")


@pytest.mark.parametrize("secret", [DataKey(b"k" * 32), KeyRing("n", {"n": b"k" * 32}, b"k" * 32)])
def test_no_key_is_shown_by_accident(secret: object) -> None:
    """In a log or a trace, a key is an object like another."""
    assert "kkk" not in repr(secret)
