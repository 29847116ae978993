"""The how-tos on records, followed to the letter."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.integration.following import Follow
from tests.integration.notifier.receiver import receiving

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


@pytest.mark.usefixtures("notifier")
def test_webhooks_are_received(
    follow: Follow,
    town: "Town",
    desk: Callable[[], dict[str, str]],
    intake: str,
    tmp_path: Path,
) -> None:
    """Set, tried and rotated; the page's own Python verifies each delivery, by either secret."""
    town.import_records()
    key = town.berceau("portal", "key", "mint", "espace-famille").stdout.strip()
    page = _PAGES / "receive-webhooks.md"
    with receiving() as receiver:
        env = {"INTAKE": intake, "PORTAL_KEY": key, "PORTAL_URL": receiver.url}
        env |= {"BERCEAU_WEBHOOK_LOOPBACK": "true", "COLUMNS": "200"}
        follow(page, env=desk() | env, cwd=tmp_path)
    secret = town.ring.open_secret(town.one("SELECT webhook_secret_before FROM portals"))

    assert 3 >= len(receiver.received) >= 2
    verified = _given_to_portals(page)
    for one in receiver.received:
        one.verify(secret)
        headers = dict(one.headers)
        assert verified(secret, headers, one.body)
        assert not verified(secret, headers, one.body + b" ")
        assert not verified(secret, headers | {"webhook-timestamp": "1"}, one.body)
        assert not verified("whsec_" + "A" * 44, headers, one.body)
    assert [1, 2] == sorted(
        {len(r.headers["webhook-signature"].split()) for r in receiver.received}
    )
    assert secret not in str(town.column("SELECT change FROM changes"))


def _given_to_portals(page: Path) -> Callable[[str, dict[str, str], bytes], bool]:
    """The function of the page's Python block."""
    [block] = re.findall(
        r"^```python\n(.*?)^```$", page.read_text("utf-8"), re.DOTALL | re.MULTILINE
    )
    room: dict[str, Any] = {}
    exec(compile(block, page.name, "exec"), room)  # noqa: S102 - our own page
    function: Callable[[str, dict[str, str], bytes], bool] = room["verified"]
    return function
