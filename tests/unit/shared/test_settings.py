"""Settings: read from the environment, refused by name and never by value."""

import pytest
from pydantic import ValidationError

from shared.errors import SettingsError
from shared.settings import Settings, read_settings

_LEAST = {
    "BERCEAU_DATABASE_URL": "postgresql+psycopg://services:hunter2@db/berceau",
    "BERCEAU_REDIS_URL": "redis://:hunter2@redis/0",
    "BERCEAU_KEY_RING_FILE": "ring.json",
}


@pytest.fixture(autouse=True)
def environment(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """The least that must be set, and nothing else of ours."""
    for name in Settings.model_fields:
        monkeypatch.delenv(f"BERCEAU_{name.upper()}", raising=False)
    for name, value in _LEAST.items():
        monkeypatch.setenv(name, value)
    return monkeypatch


def test_the_least_is_enough() -> None:
    """Everything else has a default."""
    settings = read_settings()

    assert "berceau" == settings.redis_namespace
    assert "ring.json" == str(settings.key_ring_file)


@pytest.mark.parametrize("name", _LEAST)
def test_what_is_missing_is_named(environment: pytest.MonkeyPatch, name: str) -> None:
    """An operator reads which variable to set."""
    environment.delenv(name)
    with pytest.raises(SettingsError, match=f"^{name}: "):
        read_settings()


def test_all_that_is_wrong_is_said_at_once(environment: pytest.MonkeyPatch) -> None:
    """Nobody mends one variable to learn of the next."""
    environment.delenv("BERCEAU_REDIS_URL")
    environment.setenv("BERCEAU_INTAKE_PORT", "0")
    with pytest.raises(SettingsError) as refused:
        read_settings()

    assert ["BERCEAU_REDIS_URL", "BERCEAU_INTAKE_PORT"] == [
        part.partition(":")[0] for part in str(refused.value).split("; ")
    ]


@pytest.mark.parametrize(
    "name",
    [
        "REDIS_NAMESPACE",
        "PROVIDER_IN_FLIGHT",
        "PROVIDER_DEADLINE_S",
        "RING_WINDOW",
        "CONSOLE_PORT",
        "LOG_LEVEL",
        "LOG_FORMAT",
    ],
)
def test_a_wrong_value_is_named_and_never_shown(environment: pytest.MonkeyPatch, name: str) -> None:
    """A secret pasted into the wrong variable does not reach a log."""
    environment.setenv(f"BERCEAU_{name}", "HUNTER2 wrong")
    with pytest.raises(SettingsError, match=f"^BERCEAU_{name}: ") as refused:
        read_settings()

    assert "HUNTER2" not in str(refused.value)
    assert refused.value.__cause__ is None
    assert refused.value.__suppress_context__


def test_secrets_are_not_shown() -> None:
    """URLs hold passwords: printing the settings shows none."""
    assert "hunter2" not in repr(read_settings())
    assert _LEAST["BERCEAU_REDIS_URL"] == read_settings().redis_url.get_secret_value()


def test_settings_do_not_change() -> None:
    """What a process was started with is what it runs with."""
    settings = read_settings()
    with pytest.raises(ValidationError):
        settings.ring_window = 1  # type: ignore[misc]
