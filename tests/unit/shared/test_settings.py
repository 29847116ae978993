"""Settings: read from the environment, refused by name and never by value."""

from pathlib import Path

import pytest
from pydantic import SecretStr, ValidationError

from shared.errors import SettingsError
from shared.settings import SECRETS, Settings, read_options, read_settings

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
        monkeypatch.delenv(f"BERCEAU_{name.upper()}_FILE", raising=False)
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
        "PROVIDER_PROXY",
        "PROVIDERS",
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


def test_an_added_provider_reads_its_own_options_only(environment: pytest.MonkeyPatch) -> None:
    """By their names in small letters; nothing of the services, nor of a neighbour."""
    environment.setenv("BERCEAU_PROVIDERS_REGISTRE_URL", "https://register.test")
    environment.setenv("BERCEAU_PROVIDERS_REGISTRES_URL", "https://neighbour.test")
    environment.setenv("BERCEAU_PROVIDERS", "registre,registres")

    assert {"url": "https://register.test"} == read_options("registre")


def _file(folder: Path, content: bytes) -> str:
    file = folder / "secret"
    file.write_bytes(content)
    return str(file)


def test_a_secret_may_be_given_by_file(environment: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Its content is the value, without the line end that an editor adds."""
    environment.delenv("BERCEAU_DATABASE_URL")
    environment.setenv("BERCEAU_DATABASE_URL_FILE", _file(tmp_path, b"postgresql://kept@db/x\n"))

    assert "postgresql://kept@db/x" == read_settings().database_url.get_secret_value()


def test_a_secret_given_twice_is_refused(environment: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Nobody guesses which of two passwords is meant."""
    environment.setenv("BERCEAU_REDIS_URL_FILE", _file(tmp_path, b"redis://elsewhere"))
    with pytest.raises(
        SettingsError, match=r"^BERCEAU_REDIS_URL: also given by BERCEAU_REDIS_URL_"
    ):
        read_settings()


@pytest.mark.parametrize(
    ("content", "why"), [(None, "No such file"), (b"\n", "it is empty"), (b"\xff", "it is no text")]
)
def test_a_file_without_a_secret_is_named(
    environment: pytest.MonkeyPatch, tmp_path: Path, content: bytes | None, why: str
) -> None:
    """Its variable is told, once, with the reason; beside whatever else is wrong."""
    environment.delenv("BERCEAU_REDIS_URL")
    environment.delenv("BERCEAU_KEY_RING_FILE")
    file = str(tmp_path / "absent") if content is None else _file(tmp_path, content)
    environment.setenv("BERCEAU_REDIS_URL_FILE", file)
    with pytest.raises(SettingsError) as refused:
        read_settings()

    told = str(refused.value).split("; ")
    assert any(f"BERCEAU_REDIS_URL_FILE cannot be read ({why}" in one for one in told)
    assert {"BERCEAU_REDIS_URL", "BERCEAU_KEY_RING_FILE"} == {one.partition(":")[0] for one in told}
    assert 2 == len(told)


def test_every_secret_may_be_given_by_file() -> None:
    """No field that hides its value is left to the environment alone."""
    hidden = [
        name
        for name, field in Settings.model_fields.items()
        if field.annotation in (SecretStr, SecretStr | None)
    ]

    assert set(SECRETS) == set(hidden)


def test_a_key_opens_a_certificate(environment: pytest.MonkeyPatch) -> None:
    """A key alone would show nothing to the gateway, and nobody would know why it refuses."""
    environment.setenv("BERCEAU_TAX_KEY_FILE", "tax.key")
    with pytest.raises(SettingsError) as caught:
        read_settings()
    assert "BERCEAU_TAX_KEY_FILE" in str(caught.value)

    environment.setenv("BERCEAU_TAX_CERTIFICATE_FILE", "tax.pem")
    assert "tax.key" == str(read_settings().tax_key_file)


def test_a_gateway_is_an_address(environment: pytest.MonkeyPatch) -> None:
    """A name alone is refused when the verifier starts, not at the first family."""
    environment.setenv("BERCEAU_TAX_URL", "gateway.test")
    with pytest.raises(SettingsError) as caught:
        read_settings()
    assert "BERCEAU_TAX_URL" in str(caught.value)
    assert "gateway.test" not in str(caught.value)
