"""Dates come in parts or in one text; what cannot be read is unknown."""

from datetime import date
from typing import Any

import pytest

from services.verifier.tax.dates import birth, day
from shared.civil_status import PartialDate


@pytest.mark.parametrize(
    "text",
    [
        "2026-07-31",
        "2026-07-31T00:00:00.000+02:00",
        "2026/7/31",
        "31/07/2026",
        "31-07-2026 00:00",
        "31.7.2026",
        "20260731",
        "20260731T000000Z",
        " 31 juillet 2026 ",
        "vendredi 31 juillet 2026",
        "ven. 31 juil. 2026",
        "Fri Jul 31 00:00:00 CEST 2026",
        "July 31st, 2026",
        "31 JUL 2026",
    ],
)
def test_a_day_is_read_in_any_form(text: str) -> None:
    """ISO, French, compact, in words of either language, with or without a time."""
    assert date(2026, 7, 31) == day(text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("mar. 4 août 2026", date(2026, 8, 4)),
        ("1er mars 2026", date(2026, 3, 1)),
        ("Tue Mar 03 12:30:45 CET 2026", date(2026, 3, 3)),
        ("15 févr. 2026", date(2026, 2, 15)),
    ],
)
def test_days_and_months_of_one_spelling_are_told_apart(text: str, expected: date) -> None:
    """`mar.` is a Tuesday before a month, and March alone."""
    assert expected == day(text)


@pytest.mark.parametrize(
    "value",
    [
        *(None, "", " ", "\0", "31/02/2026", "2026-13-01", "0000-00-00", "2026", "07/2026"),
        *("juillet 2026", "31 brumaire 2026", "hier", "99999999", 1753920000000, ["2026"], {}),
    ],
)
def test_what_is_no_day_is_unknown(value: Any) -> None:
    """Nothing hangs on these dates: they are kept when they can be."""
    assert day(value) is None


@pytest.mark.parametrize(
    ("parts", "expected"),
    [
        ({"jour": "19", "mois": "07", "annee": "1992"}, PartialDate(1992, 7, 19)),
        ({"jour": 19, "mois": 7, "annee": 1992}, PartialDate(1992, 7, 19)),
        ({"jour": "00", "mois": "07", "annee": "1992"}, PartialDate(1992, 7)),
        ({"jour": "19", "mois": "00", "annee": "1992"}, PartialDate(1992)),
        ({"mois": None, "annee": "1992"}, PartialDate(1992)),
        ({"jour": "31", "mois": "02", "annee": "1992"}, None),
        ({"jour": "19", "mois": "07", "annee": "0000"}, None),
        ({"jour": "19", "mois": "07", "annee": "92"}, None),
        ({"annee": [1992]}, None),
        ({}, None),
        ("1992-07-19", None),
        (None, None),
    ],
)
def test_a_birth_date_is_known_as_far_as_its_parts(
    parts: Any, expected: PartialDate | None
) -> None:
    """Zeros stand for what is not known; nothing after them counts."""
    assert expected == birth(parts)
