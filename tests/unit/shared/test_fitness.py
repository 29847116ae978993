"""Fitness: which code may work on which tables."""

import pytest

from shared.store.fitness import Revisions


@pytest.mark.parametrize(
    ("current", "wanted", "works_from", "fit"),
    [
        ("0003", "0003", "0002", True),
        ("0003", "0003", None, True),
        ("0004", "0003", "0003", True),
        ("0009", "0003", "0002", True),
        ("0010", "0009", "0009", True),
        ("0004", "0003", "0004", False),
        ("0004", "0003", None, False),
        ("0002", "0003", None, False),
        ("0003", "0004", "0002", False),
        (None, "0003", None, False),
        ("9d2f", "0003", "0002", False),
    ],
)
def test_code_works_on_its_tables_and_on_later_ones_that_bear_it(
    current: str | None, wanted: str, works_from: str | None, *, fit: bool
) -> None:
    """Never on earlier ones, never where nothing said so, never on what is no revision of ours."""
    assert fit == Revisions(current, wanted, works_from).fit


@pytest.mark.parametrize(
    ("current", "ahead"), [("0002", False), ("0003", False), ("0004", True), (None, False)]
)
def test_a_later_version_s_tables_are_ahead(current: str | None, *, ahead: bool) -> None:
    """Whatever they bear."""
    assert ahead == Revisions(current, "0003", "0004").ahead
