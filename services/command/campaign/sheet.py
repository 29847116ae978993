"""The sheet of a report: a line for each member, with its reference and no name.

Amounts beside references are personal data: the file is its owner's only.
"""

import csv
import os
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from services.command.campaign.comparing import Amounts, Compared
from services.command.records.faults import Fault, RecordsError, why
from services.command.spreadsheet import text_cell
from shared.money import Money

HEADS = (
    "reference",
    "structure",
    "status",
    "reason",
    "before_version",
    "before_price",
    "before_month",
    "same",
    "version",
    "valid_from",
    "kind",
    "proposed",
    "because",
    "unit",
    "price",
    "month",
    "difference",
    "owed",
)


@contextmanager
def writing(path: Path) -> Iterator[Callable[[Compared], None]]:
    """Opens a new file and gives what writes a line of it.

    Raises:
        RecordsError: the file exists, or cannot be written.
    """
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except OSError as refused:
        raise RecordsError(
            Fault("--csv", f"ne peut pas être écrit ({why(refused)})", path.name)
        ) from None
    with os.fdopen(descriptor, "w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, delimiter=";", lineterminator="\n")
        writer.writerow(HEADS)
        yield lambda one: writer.writerow(cells(one))


def cells(one: Compared) -> Iterable[str]:
    """The cells of a line: euros with a point, words with `|` between."""
    before, after = one.before or Amounts(), one.after or Amounts()
    return (
        one.reference,
        text_cell(one.structure),
        one.status,
        text_cell(one.reason),
        str(one.before_version),
        _euros(before.price_cents),
        _euros(before.monthly_cents),
        "yes" if one.same else "no",
        "" if one.version is None else str(one.version),
        text_cell(one.valid_from),
        text_cell(one.kind),
        "" if one.version is None else ("yes" if one.proposed else "no"),
        "|".join(one.because),
        text_cell(after.unit),
        _euros(after.price_cents),
        _euros(after.monthly_cents),
        _euros(one.difference_cents),
        _euros(one.owed_cents),
    )


def _euros(cents: int | None) -> str:
    return "" if cents is None else str(Money(cents))
