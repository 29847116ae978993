"""Dates as the DGFiP writes them: by parts, or in one text of any form. Pure, never raises."""

import re
from datetime import date
from itertools import takewhile

from services.verifier.provider.lenient import text, whole_or_unknown
from shared.civil_status import PartialDate, folded

_FORMS = (
    re.compile(r"(?P<year>\d{4})[-/.](?P<month>\d{1,2})[-/.](?P<day>\d{1,2})(?!\d)", re.ASCII),
    re.compile(r"(?P<day>\d{1,2})[-/.](?P<month>\d{1,2})[-/.](?P<year>\d{4})(?!\d)", re.ASCII),
    re.compile(r"(?P<year>\d{4})(?P<month>\d{2})(?P<day>\d{2})(?:T.*)?\Z", re.ASCII),
)
_DAY = re.compile(r"(?<![\d:])(\d{1,2})(?:er|st|nd|rd|th)?(?![\d:])", re.ASCII)
_YEAR = re.compile(r"(?<!\d)(\d{4})(?!\d)", re.ASCII)
_WORD = re.compile(r"[^\W\d_]+")
_MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "jan janv janvier january",
            "feb fev fevr fevrier february",
            "mar mars march",
            "apr avr avril april",
            "mai may",
            "jun juin june",
            "jul juil juillet july",
            "aug aou aout august",
            "sep sept septembre september",
            "oct octobre october",
            "nov novembre november",
            "dec decembre december",
        ),
        start=1,
    )
    for name in names.split()
}


def birth(parts: object) -> PartialDate | None:
    """`{"jour": "09", "mois": "00", "annee": "1992"}` is 1992: what follows a zero is unknown."""
    given = parts if isinstance(parts, dict) else {}
    figures = (whole_or_unknown(given.get(name)) for name in ("annee", "mois", "jour"))
    known = [figure for figure in takewhile(bool, figures) if figure]
    try:
        return PartialDate.parse("-".join(f"{figure:02}" for figure in known))
    except ValueError:
        return None


def day(value: object) -> date | None:
    """A day out of `2025-07-31T00:00`, `31/07/2025`, `20250731`, `31 juillet 2025`; else None."""
    written = text(value) or ""
    found = next(filter(None, (form.match(written) for form in _FORMS)), None)
    if found is None:
        return _in_words(written)
    return _existing(*(int(found[part]) for part in ("year", "month", "day")))


def _in_words(written: str) -> date | None:
    """Also `Thu Jul 31 00:00:00 CEST 2025`; the last month named counts (`mar.` is a day too)."""
    months = [_MONTHS[word] for word in map(folded, _WORD.findall(written)) if word in _MONTHS]
    days, years = _DAY.search(written), _YEAR.search(written)
    if not months or days is None or years is None:
        return None
    return _existing(int(years[1]), months[-1], int(days[1]))


def _existing(year: int, month: int, of_month: int) -> date | None:
    try:
        return date(year, month, of_month)
    except ValueError:
        return None
