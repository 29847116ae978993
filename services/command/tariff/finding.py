"""Finding the tariff that a command is about: in a file, among those that ship, or published."""

from datetime import date
from pathlib import Path

import typer

from services.command.tariff.texts import text_of
from services.tariff.language.national import load_shipped_scale
from services.tariff.language.reading import read_tariff
from services.tariff.language.scale import Scale
from services.tariff.language.tariff import Tariff
from shared.errors import TariffError


def find(
    file: Path | None, scale: str | None, *, published: bool, on: date, default: str | None
) -> Tariff:
    """The tariff of a file, or the one of a scale that is in force on a day.

    Raises:
        BadParameter: both or neither were given, or there is no such tariff.
    """
    if file is not None and (scale is not None or published):
        raise typer.BadParameter(
            "donnez un fichier ou le code d'un barème, l'un des deux.", param_hint="--tariff"
        )
    if file is not None:
        return _in_file(file)
    wanted = scale or default
    if wanted is None:
        raise typer.BadParameter(
            "donnez un fichier (--tariff), ou le code d'un barème.", param_hint="--scale"
        )
    return _in_scale(_published(wanted) if published else _shipped(wanted), on)


def _in_file(file: Path) -> Tariff:
    try:
        return read_tariff(text_of(file), file=file.name)
    except TariffError as error:
        raise typer.BadParameter(str(error), param_hint="--tariff") from None


def _in_scale(scale: Scale, on: date) -> Tariff:
    try:
        return scale.in_force(on)
    except TariffError as error:
        raise typer.BadParameter(f"{error} Choisissez une autre date.", param_hint="--on") from None


def _shipped(scale: str) -> Scale:
    try:
        return load_shipped_scale(scale)
    except TariffError as error:
        raise typer.BadParameter(str(error), param_hint="--scale") from None


def _published(scale: str) -> Scale:
    from services.command.records.desk import at_desk, give_up  # noqa: PLC0415 -- only with --published
    from services.tariff.shelf import read_scale  # noqa: PLC0415 -- idem

    with at_desk() as desk:
        try:
            return read_scale(desk.connection, scale)
        except TariffError as error:
            give_up(str(error), code=1)
