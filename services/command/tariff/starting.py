"""`berceau tariff init`: a commented template, in which what is to be filled in says so."""

import re
from datetime import date
from importlib.resources import files
from pathlib import Path

import typer

from services.tariff.language.reading import read_tariff
from services.tariff.language.words import Method
from shared.errors import TariffError

_WRONG = 2
_YEAR = 1


def start(
    method: Method,
    *,
    tariff_id: str,
    authority: str,
    first_day: date | None,
    out: Path | None,
) -> None:
    """Write the template of a method, to a new file or to stdout."""
    text = template(method, tariff_id=tariff_id, authority=authority, first_day=first_day)
    try:
        read_tariff(text, file="modèle")
    except TariffError as refused:
        _give_up(str(refused))
    if out is None:
        typer.echo(text, nl=False)
        return
    try:
        with out.open("x", encoding="utf-8") as file:
            file.write(text)
    except FileExistsError:
        _give_up(f"{out} existe déjà : il n'est pas touché.")
    except OSError as refused:
        _give_up(f"{out} ne peut pas être écrit : {refused.strerror}.")
    typer.echo(f"Modèle écrit : {out}. Remplacez ce qui est « À REMPLIR », puis relisez-le avec")
    typer.echo(f"berceau tariff check {out}")


def template(method: Method, *, tariff_id: str, authority: str, first_day: date | None) -> str:
    """The template of a method, for this tariff and this authority."""
    folder = files("services.tariff.language") / "templates"
    text = (folder / f"{method}.yaml").read_text(encoding="utf-8")
    text = _said(text, "id", tariff_id)
    text = _said(text, "authority", authority)
    if first_day is None:
        return text
    text = text.replace("2027-01-01", first_day.isoformat())
    review = first_day.replace(year=first_day.year + _YEAR, day=1)
    return _said(text, "review_by", review.isoformat())


def _said(text: str, word: str, value: str) -> str:
    """The text with another value after a word, and its comment where it was."""
    pattern = re.compile(rf"^({word}: )(\S+)( *)", re.MULTILINE)

    def change(found: re.Match[str]) -> str:
        space = len(found[2]) + len(found[3]) - len(value)
        return f"{found[1]}{value}{' ' * max(space, 1)}"

    return pattern.sub(change, text, count=1)


def _give_up(sentence: str) -> None:
    typer.echo(sentence, err=True)
    raise typer.Exit(_WRONG)
