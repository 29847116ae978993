"""Canonical JSON: the vectors of RFC 8785, and the digest that decisions carry."""

import hashlib
import json
from typing import Any

import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from shared.canonical import canonical_json, digest

_RFC_8785_3_2_2 = {
    "numbers": [333333333.33333329, 1e30, 4.50, 2e-3, 0.000000000000000000000000001],
    "string": "\u20ac$\u000f\u000aA'\u0042\u0022\u005c\\\"\u002f",
    "literals": [None, True, False],
}
_RFC_8785_3_2_4 = bytes.fromhex(
    "7b226c69746572616c73223a5b6e756c6c2c747275652c66616c73655d2c226e"
    "756d62657273223a5b3333333333333333332e333333333333332c31652b3330"
    "2c342e352c302e3030322c31652d32375d2c22737472696e67223a22e282ac24"
    "5c75303030665c6e4127425c225c5c5c5c5c222f227d"
)
_RFC_8785_3_2_3 = {
    "\u20ac": "Euro Sign",
    "\r": "Carriage Return",
    "\ufb33": "Hebrew Letter Dalet With Dagesh",
    "1": "One",
    "\U0001f600": "Emoji: Grinning Face",
    "\u0080": "Control",
    "\u00f6": "Latin Small Letter O With Diaeresis",
}
_JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)


def test_the_bytes_are_those_of_the_standard() -> None:
    """RFC 8785 section 3.2.4 gives them in hexadecimal."""
    assert _RFC_8785_3_2_4 == canonical_json(_RFC_8785_3_2_2)


def test_keys_stand_in_the_order_of_the_standard() -> None:
    """RFC 8785 section 3.2.3: by UTF-16 code units, so that an emoji precedes a Hebrew letter."""
    assert [
        "Carriage Return",
        "One",
        "Control",
        "Latin Small Letter O With Diaeresis",
        "Euro Sign",
        "Emoji: Grinning Face",
        "Hebrew Letter Dalet With Dagesh",
    ] == list(json.loads(canonical_json(_RFC_8785_3_2_3)).values())


@given(st.dictionaries(st.text(), _JSON, max_size=5), st.randoms(use_true_random=False))
def test_the_order_in_which_keys_were_set_makes_no_difference(
    content: dict[str, Any], chance: Any
) -> None:
    """The same content gives the same bytes, and the bytes give the content back."""
    items = list(content.items())
    chance.shuffle(items)

    assert canonical_json(content) == canonical_json(dict(items))
    assert content == json.loads(canonical_json(content))


_KEYS = st.text(st.characters(max_codepoint=127), max_size=4)
_PLAIN = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(_KEYS, inner, max_size=4),
    max_leaves=12,
)


@given(st.dictionaries(_KEYS, _PLAIN, max_size=5))
def test_the_quick_encoder_writes_what_the_library_writes(content: dict[str, Any]) -> None:
    """To the byte: every control character, quote, accent and emoji, every nesting."""
    assert rfc8785.dumps(content) == canonical_json(content)


@pytest.mark.parametrize("control", [*map(chr, range(0x20)), '"', "\\", "\x7f", "\u2028", "é"])
def test_every_character_that_is_escaped_is_escaped_alike(control: str) -> None:
    """In a key and in a text."""
    content = {control if control.isascii() else "é": control}

    assert rfc8785.dumps(content) == canonical_json(content)


@pytest.mark.parametrize(
    "content", [{"a": float("nan")}, {"a": 2**53}, {"a": "\ud800"}, {"a": {1}}]
)
def test_what_has_no_canonical_form_is_refused(content: dict[str, Any]) -> None:
    """NaN, an integer that another reader would round, half a character, a set."""
    with pytest.raises((ValueError, TypeError)):
        canonical_json(content)


def test_a_digest_names_its_algorithm() -> None:
    """SHA-256 of nothing is a known figure; ten years from now its name still says how."""
    assert "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855" == digest(b"")
    assert f"sha256:{hashlib.sha256(b'abc').hexdigest()}" == digest(b"abc")
