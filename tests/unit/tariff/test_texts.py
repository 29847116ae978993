"""A tariff's file as a person wrote it: read as text, and never more of it than a tariff has."""

from pathlib import Path

import pytest

from services.command.tariff.texts import LONGEST, text_of
from shared.errors import TariffError


def test_the_ends_of_lines_make_no_difference(tmp_path: Path) -> None:
    """Nor to the digest of what is published."""
    file = tmp_path / "tarif.yaml"
    file.write_bytes("id: été\r\nversion: 1\n".encode())

    assert "id: été\nversion: 1\n" == text_of(file)


def test_the_longest_file_is_read_and_a_longer_one_is_refused(tmp_path: Path) -> None:
    """By its name, without reading all of it."""
    file = tmp_path / "tarif.yaml"
    file.write_text("x" * LONGEST)

    assert LONGEST == len(text_of(file))
    file.write_text("x" * (LONGEST + 1))
    with pytest.raises(TariffError, match=r"tarif\.yaml : ce fichier est trop long"):
        text_of(file)
    with pytest.raises(TariffError, match="trop long"):
        text_of(Path("/dev/zero"))
