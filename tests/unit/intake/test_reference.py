"""References: unguessable, and a slip of the tongue is seen."""

import re

from services.intake.reference import mint_reference, read_reference

_REFERENCE = "7K3F-9QXM-2WT3"
_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


def test_a_minted_reference_is_read_back() -> None:
    """What is minted has the published form and reads as itself."""
    minted = [mint_reference() for _ in range(200)]

    assert minted == [read_reference(one) for one in minted]
    assert all(re.fullmatch(r"([0-9A-HJKMNP-TV-Z]{4}-){2}[0-9A-HJKMNP-TV-Z]{4}", m) for m in minted)
    assert 200 == len(set(minted))


def test_a_reference_is_read_as_people_write_it() -> None:
    """Lower case, spaces, O for zero and l for one make no difference."""
    zeros = "0123-4567-89A"
    [whole] = [f"{zeros}{c}" for c in _ALPHABET if read_reference(f"{zeros}{c}")]

    assert _REFERENCE == read_reference("7k3f 9qxm2wt3")
    assert whole == read_reference(whole.replace("0", "o").replace("1", "l"))


def test_one_wrong_symbol_is_always_seen() -> None:
    """No single wrong symbol makes another reference."""
    symbols = _REFERENCE.replace("-", "")
    wrong = {
        symbols[:i] + other + symbols[i + 1 :]
        for i in range(len(symbols))
        for other in _ALPHABET
        if other != symbols[i]
    }

    assert [] == [one for one in wrong if read_reference(one)]


def test_what_cannot_be_a_reference_is_none() -> None:
    """Other lengths, other symbols and other alphabets are refused without asking the record."""
    tried = ["", "x", _REFERENCE + "A", _REFERENCE[:-1], "７K3F-9QXM-2WT3", "7K3F-9QXM-2WT?"]

    assert [None] * len(tried) == [read_reference(one) for one in tried]
