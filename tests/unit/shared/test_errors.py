"""Errors: one tree, drawn as it is."""

import inspect
import re

import pytest

from shared import errors
from shared.errors import BerceauError, MoneyFormatError, SettingsError

_DRAWN = re.compile(r"^ {4}(?P<indent>[ │├└─]*)(?P<name>\w+Error)\b", re.MULTILINE)
_KINDS = [
    kind
    for _, kind in inspect.getmembers(errors, inspect.isclass)
    if kind.__module__ == errors.__name__
]


def test_the_tree_in_the_docstring_is_the_tree_of_the_classes() -> None:
    """Who reads it may believe it: every class, under its parent."""
    parents: dict[int, str] = {}
    drawn = {}
    for found in _DRAWN.finditer(errors.__doc__ or ""):
        depth = len(found["indent"]) // 4
        parents[depth] = found["name"]
        drawn[found["name"]] = parents.get(depth - 1, "Exception")

    assert drawn == {kind.__name__: kind.__bases__[0].__name__ for kind in _KINDS}


@pytest.mark.parametrize("kind", _KINDS)
def test_an_error_without_a_message_says_what_it_is(kind: type[BerceauError]) -> None:
    """Its docstring is its message."""
    assert (kind.__doc__ or "").splitlines()[0] == str(kind())
    assert str(kind()).endswith(".")


def test_a_message_is_kept() -> None:
    """What is said where it is raised comes first."""
    assert "BERCEAU_X: missing" == str(SettingsError("BERCEAU_X: missing"))


def test_a_wrong_amount_is_a_wrong_value() -> None:
    """Whoever reads text may catch ValueError, as everywhere in Python."""
    assert issubclass(MoneyFormatError, ValueError)
