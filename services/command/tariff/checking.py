"""`berceau tariff check`: files read as they would be in use, and what a person still has to do."""

import re
from collections.abc import Iterator, Sequence
from datetime import date
from itertools import groupby
from pathlib import Path

import typer

from services.command.tariff.texts import text_of
from services.tariff.language.national import read_named
from services.tariff.language.reading import read_tariff
from services.tariff.language.scale import Scale
from services.tariff.language.tariff import Tariff
from services.tariff.language.unfinished import unfinished
from shared.errors import TariffError

_NAMED_AFTER_A_VERSION = re.compile(r"\d{4}-\d{2}-\d{2}(\.\d+)?\.yaml")
_REFUSED = 1


def check_files(files: Sequence[Path], *, today: date, strict: bool) -> None:
    """Read files, then the scales that they make; end with 1 when something is refused.

    What should have been read again by a person is told, and refused when `strict`.
    """
    tariffs, refused = _read_all(files)
    lines, broken = _scales(tariffs)
    late = [_overdue(file, tariff) for file, tariff in tariffs if tariff.review_by < today]
    for fault in (*refused, *broken, *late):
        typer.echo(fault, err=True)
    if refused or broken or (strict and late):
        raise typer.Exit(_REFUSED)
    typer.echo("\n".join(lines))


def read_finished(file: Path) -> tuple[str, Tariff]:
    """The text of a file and the tariff that it says, with nothing left to be filled in.

    Raises:
        TariffError: it is no tariff, or some of it is still to be written.
    """
    text = text_of(file)
    named = _NAMED_AFTER_A_VERSION.fullmatch(file.name) is not None
    tariff = (read_named if named else read_tariff)(text, file=file.name)
    left = unfinished(text, file=file.name)
    if left:
        raise TariffError("\n".join(left))
    return text, tariff


def _read_all(files: Sequence[Path]) -> tuple[list[tuple[Path, Tariff]], list[str]]:
    tariffs, refused = [], []
    for file in files:
        try:
            tariffs.append((file, read_finished(file)[1]))
        except TariffError as error:
            refused.append(str(error))
    return tariffs, refused


def _scales(tariffs: Sequence[tuple[Path, Tariff]]) -> tuple[list[str], list[str]]:
    """A line for each period, in order of scales and of time; and the scales that break."""
    lines, broken = [], []
    by_id = sorted((tariff for _, tariff in tariffs), key=lambda tariff: tariff.id)
    for _, periods in groupby(by_id, key=lambda tariff: tariff.id):
        try:
            lines += list(_told(Scale.of(periods)))
        except TariffError as error:
            broken.append(str(error))
    return lines, broken


def _told(scale: Scale) -> Iterator[str]:
    for tariff in scale.tariffs:
        last = scale.last_day(tariff)
        end = "sans fin connue" if last is None else f"au {last:%d/%m/%Y}"
        period = f"du {tariff.valid_from:%d/%m/%Y} {end}"
        yield f"{tariff.id} {tariff.version} : {period}, {tariff.digest}"
    for tariff in scale.replaced:
        yield f"{tariff.id} {tariff.version} : remplacée, {tariff.digest}"


def _overdue(file: Path, tariff: Tariff) -> str:
    return (
        f"{file.name}, review_by : ce barème devait être relu avant le "
        f"{tariff.review_by:%d/%m/%Y} : vérifiez chaque valeur et sa source, puis repoussez la "
        "date."
    )
