"""The text of a file that a person wrote."""

from pathlib import Path

from shared.errors import TariffError


def text_of(file: Path) -> str:
    """The text of a tariff's file.

    Raises:
        TariffError: it is no text in UTF-8.
    """
    try:
        return file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        raise TariffError(f"{file.name} : ce fichier n'est pas lisible en UTF-8.") from None
