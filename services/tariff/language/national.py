"""The scales that ship with Berceau: the only reading of files in the tariff rooms.

`scales/psu` is the national scale; `scales/<authority>/<id>` are real local tariffs, as examples.
"""

from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable

from services.tariff.language.reading import read_tariff
from services.tariff.language.scale import Scale
from services.tariff.language.tariff import Tariff
from shared.errors import TariffError

NATIONAL = "psu"
_ENDING = ".yaml"


@cache
def load_national_scale() -> Scale:
    """The PSU scale since 2017, read once per process.

    Raises:
        TariffError: a shipped file was damaged.
    """
    return load_shipped_scale(NATIONAL)


@cache
def load_shipped_scale(tariff_id: str) -> Scale:
    """A scale that ships with Berceau, read once per process.

    Raises:
        TariffError: no scale of that id ships, or a shipped file was damaged.
    """
    folder = _folders().get(tariff_id)
    if folder is None:
        raise TariffError(
            f"« {tariff_id} » n'est pas un barème connu : écrivez {', '.join(shipped_ids())}."
        )
    texts = {entry.name: entry.read_text(encoding="utf-8") for entry in _periods(folder)}
    scale = Scale.of(read_named(text, file=name) for name, text in texts.items())
    if scale.id != tariff_id:
        raise TariffError(f"Le dossier {tariff_id} contient les périodes de {scale.id}.")
    return scale


def shipped_ids() -> tuple[str, ...]:
    """The ids of the scales that ship, the national one first."""
    return NATIONAL, *sorted(set(_folders()) - {NATIONAL})


def read_named(text: str, *, file: str) -> Tariff:
    """Read a tariff from a file that is named after its version, as those of a scale are.

    Raises:
        TariffError: no valid tariff, or one under another name.
    """
    tariff = read_tariff(text, file=file)
    if file != f"{tariff.version}{_ENDING}":
        raise TariffError(f"{file} : ce fichier doit s'appeler {tariff.version}{_ENDING}.")
    return tariff


@cache
def _folders() -> dict[str, Traversable]:
    """The folder of each shipped scale, by its id: where its periods are."""
    scales = files("services.tariff") / "scales"
    found = {}
    for folder in (inner for outer in scales.iterdir() for inner in _with_inner(outer)):
        if _periods(folder):
            found[folder.name] = folder
    return found


def _with_inner(folder: Traversable) -> list[Traversable]:
    """A folder and those in it; files are none."""
    if not folder.is_dir():
        return []
    return [folder, *(entry for entry in folder.iterdir() if entry.is_dir())]


def _periods(folder: Traversable) -> list[Traversable]:
    return [entry for entry in folder.iterdir() if entry.name.endswith(_ENDING)]
