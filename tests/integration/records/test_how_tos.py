"""The how-tos on records, followed to the letter."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.integration.following import Follow

if TYPE_CHECKING:
    from tests.integration.records.conftest import Town

_PAGES = Path(__file__).parents[3] / "docs" / "how-to"
_TOKEN = "jeton-invente"

pytestmark = pytest.mark.stack


def test_a_first_authority_from_an_empty_database(
    follow: Follow,
    town: "Town",
    desk: Callable[[], dict[str, str]],
    intake: str,
    tmp_path: Path,
) -> None:
    """The page ends with an application accepted, a habilitation that may call, and no secret."""
    env = desk() | {"INTAKE": intake, "TOKEN": _TOKEN}

    follow(_PAGES / "first-authority.md", env=env, cwd=tmp_path)

    assert ["RECEIVED"] == town.column("SELECT status FROM applications")
    assert [] == town.column("SELECT name FROM switches")
    sealed = town.one("SELECT sealed_token FROM habilitations")
    assert _TOKEN == town.ring.open_secret(sealed)
    assert _TOKEN not in (tmp_path / "export.yaml").read_text("utf-8")
    assert not [one for one in town.column("SELECT change FROM changes") if _TOKEN in one]


def test_a_portals_key_is_rotated(
    follow: Follow,
    town: "Town",
    desk: Callable[[], dict[str, str]],
    intake: str,
    tmp_path: Path,
) -> None:
    """The second works beside the first, and alone once the first is revoked."""
    town.import_records()
    key = town.berceau("portal", "key", "mint", "espace-famille").stdout.strip()

    page = _PAGES / "rotate-a-portal-key.md"
    follow(page, env=desk() | {"INTAKE": intake, "PORTAL_KEY": key}, cwd=tmp_path)

    assert [True, False] == town.column(
        "SELECT revoked_at <= now() IS TRUE FROM portal_keys ORDER BY created_at"
    )


def test_a_tariff_is_published(
    follow: Follow, town: "Town", desk: Callable[[], dict[str, str]], tmp_path: Path
) -> None:
    """From a template to a correction, each version kept to the letter."""
    town.import_records()

    env = desk() | {"COLUMNS": "200"}
    follow(_PAGES / "publish-a-tariff.md", env=env, cwd=tmp_path)

    published = town.column("SELECT content FROM tariffs ORDER BY version")
    files = (tmp_path / "2026-09-01.yaml", tmp_path / "2026-09-01.1.yaml")
    assert [file.read_text("utf-8") for file in files] == published
