"""The national PSU scale that ships with Berceau: the only reading of files in the tariff rooms."""

from functools import cache
from importlib.resources import files

from services.tariff.language.reading import read_tariff
from services.tariff.language.scale import Scale
from services.tariff.language.tariff import Tariff
from shared.errors import TariffError


@cache
def load_national_scale() -> Scale:
    """The PSU scale since 2017, read once per process.

    Raises:
        TariffError: a shipped file was damaged.
    """
    folder = files("services.tariff") / "scales" / "psu"
    texts = {
        entry.name: entry.read_text(encoding="utf-8")
        for entry in folder.iterdir()
        if entry.name.endswith(".yaml")
    }
    return Scale.of(read_named(text, file=name) for name, text in texts.items())


def read_named(text: str, *, file: str) -> Tariff:
    """Read a tariff from a file that is named after its version, as those of a scale are.

    Raises:
        TariffError: no valid tariff, or one under another name.
    """
    tariff = read_tariff(text, file=file)
    if file != f"{tariff.version}.yaml":
        raise TariffError(f"{file} : ce fichier doit s'appeler {tariff.version}.yaml.")
    return tariff
