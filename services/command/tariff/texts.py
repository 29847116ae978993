"""The text of a file that a person wrote."""

from io import StringIO
from pathlib import Path

from services.command.records import source
from shared.errors import TariffError

LONGEST = 1_000_000  # bytes; the longest tariff that ships has 4,000


def text_of(file: Path) -> str:
    """The text of a tariff's file.

    Raises:
        TariffError: it is no text in UTF-8, or longer than any tariff.
    """
    try:
        content = source.read(file, LONGEST)
        if len(content) > LONGEST:
            raise TariffError(f"{file.name} : ce fichier est trop long pour un barème.")
        return StringIO(content.decode("utf-8"), newline=None).read()
    except (OSError, UnicodeDecodeError):
        raise TariffError(f"{file.name} : ce fichier n'est pas lisible en UTF-8.") from None
