"""SPI: the numéro fiscal of each adult of the population, from which the family is found again.

Thirteen digits; the last three check the first ten (modulo 511), so that a mistyped number is
nobody's. That rule is the simulator's own: a client may rely on the length, not on the check.
"""

import re

_FORM = re.compile(r"39([0-9])([0-9]{7})([0-9]{3})\Z")
_KEY = 511


def spi(number: int, role: int) -> str:
    """The SPI of an adult of a family: role 0 applies, 1 is the other parent, 2 is dead."""
    body = f"39{role}{number:07d}"
    return f"{body}{int(body) % _KEY:03d}"


def holder(written: str) -> tuple[int, int] | None:
    """The family and the role behind an SPI; None when nobody can bear it."""
    found = _FORM.match(written)
    if found is None:
        return None
    role, number = int(found[1]), int(found[2])
    return (number, role) if spi(number, role) == written else None
