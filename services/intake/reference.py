"""References: what a family and an agent say over the telephone, `7K3F-9QXM-2WT3`.

Eleven random symbols of Crockford's alphabet (no I, L, O, U) and one that checks them: nobody
guesses a reference, and a symbol misheard is seen without asking the record.
"""

import secrets

_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_MISREAD = str.maketrans({"O": "0", "I": "1", "L": "1", "-": "", " ": ""})
_RANDOM = 11
_GROUP = 4


def mint_reference() -> str:
    """A new reference: 55 random bits."""
    drawn = "".join(secrets.choice(_ALPHABET) for _ in range(_RANDOM))
    return _grouped(drawn + _check(drawn))


def read_reference(text: str) -> str | None:
    """A reference as it was minted, from what somebody typed; None when it cannot be one."""
    symbols = text.upper().translate(_MISREAD)
    if len(symbols) != _RANDOM + 1 or not set(symbols) <= set(_ALPHABET):
        return None
    return _grouped(symbols) if _check(symbols[:-1]) == symbols[-1] else None


def _check(symbols: str) -> str:
    """The symbol that makes one wrong symbol, or two exchanged neighbours, seen.

    Odd weights are units modulo 32, so that no wrong symbol is missed; of two neighbours
    exchanged, those that are sixteen apart are.
    """
    weighted = ((2 * place + 1) * _ALPHABET.index(symbol) for place, symbol in enumerate(symbols))
    return _ALPHABET[sum(weighted) % len(_ALPHABET)]


def _grouped(symbols: str) -> str:
    return "-".join(symbols[i : i + _GROUP] for i in range(0, len(symbols), _GROUP))
