"""`berceau keys new` and what `berceau migrate` asks for before it touches anything."""

import json
import stat
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from services.command.__main__ import app
from shared.sealing import DataKey, KeyRing

_UNREACHABLE = {
    "BERCEAU_DATABASE_URL": "postgresql+psycopg://berceau:secret@127.0.0.1:9/none",
    "BERCEAU_REDIS_URL": "redis://127.0.0.1:9/0",
    "BERCEAU_KEY_RING_FILE": "/nothing",
    "BERCEAU_OWNER_DATABASE_URL": None,
}


def _invoke(*words: str) -> Result:
    return CliRunner(env=_UNREACHABLE).invoke(app, words)


def test_a_new_ring_is_readable_by_its_owner_alone(tmp_path: Path) -> None:
    """0600, and it opens what it wrapped after being read again."""
    file = tmp_path / "trousseau.json"
    ended = _invoke("keys", "new", str(file))

    assert 0 == ended.exit_code
    assert str(file) in ended.output
    assert 0o600 == stat.S_IMODE(file.stat().st_mode)
    wrapped = KeyRing.read(file).wrap(key := DataKey.new())
    assert key == KeyRing.read(file).unwrap(wrapped)


@pytest.mark.parametrize(("words", "name"), [([], "first"), (["--name", "2027"], "2027")])
def test_its_first_key_has_the_name_that_was_given(
    tmp_path: Path, words: list[str], name: str
) -> None:
    """`first` when nothing was said."""
    _invoke("keys", "new", str(tmp_path / "ring"), *words)

    assert name == KeyRing.read(tmp_path / "ring").current


def test_no_key_is_shown(tmp_path: Path) -> None:
    """A terminal keeps what it has shown."""
    ended = _invoke("keys", "new", str(tmp_path / "ring"))

    content = json.loads((tmp_path / "ring").read_text("utf-8"))
    secrets = [content["index_key"], *content["keys"].values()]
    assert len(secrets) == 2
    assert not any(secret in ended.output for secret in secrets)


def test_an_existing_file_is_never_touched(tmp_path: Path) -> None:
    """Whatever it holds: a ring that is lost opens nothing any more."""
    file = tmp_path / "trousseau.json"
    file.write_text("précieux", "utf-8")
    ended = _invoke("keys", "new", str(file))

    assert 2 == ended.exit_code
    assert "existe déjà" in ended.stderr
    assert "précieux" == file.read_text("utf-8")


def test_a_folder_that_is_missing_is_said_in_a_word(tmp_path: Path) -> None:
    """No trace, and no folder made in passing."""
    ended = _invoke("keys", "new", str(tmp_path / "absent" / "ring"))

    assert 2 == ended.exit_code
    assert "ne peut pas être écrit" in ended.stderr
    assert not (tmp_path / "absent").exists()


def test_migrating_asks_for_the_owner() -> None:
    """The services' own login cannot make tables: exit code 2, the variable by name."""
    ended = _invoke("migrate")

    assert 2 == ended.exit_code
    assert "BERCEAU_OWNER_DATABASE_URL" in ended.stderr
    assert "secret" not in ended.output
