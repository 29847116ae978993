"""docker-compose.yml, read: what every service of it owes, and what the file must never hold."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
import yaml
from typer.main import get_command

from services.command.__main__ import app
from shared.settings import SECRETS, Settings
from tests.integration.deploy.composed import FILE, ROOT, read

_FILE: dict[str, Any] = read({})
_SERVICES: dict[str, dict[str, Any]] = _FILE["services"]
_PAGE = (ROOT / "docs" / "how-to" / "deploy.md").read_text("utf-8")
_ONCE = {"migrate"}
_SERVERS = {"postgres", "redis"}
_OURS = set(_SERVICES) - _SERVERS
_LASTING = sorted(set(_SERVICES) - _ONCE)
_PINNED = re.compile(r"(postgres|redis|berceau):\d+\.\d+[\w.-]*\Z")
_GRACE_S = 40  # a worker takes up to 30 s to finish, and some more to give back
_BIND = "127.0.0.1:"


@pytest.mark.parametrize("name", sorted(_SERVICES))
def test_every_service_is_closed(name: str) -> None:
    """Its files cannot be written, it has no privilege and gains none, its logs and needs are
    bounded, its image is pinned, and it is given the time to finish."""
    service = _SERVICES[name]
    limits = service["deploy"]["resources"]["limits"]

    assert (True, ["ALL"]) == (service["read_only"], service["cap_drop"])
    assert ["no-new-privileges:true"] == service["security_opt"]
    assert "/tmp" in service["tmpfs"]  # noqa: S108  # in the container, a memory of its own
    assert {"cpus", "memory"} == set(limits)
    assert {"max-size", "max-file"} == set(service["logging"]["options"])
    assert _PINNED.match(service["image"])
    assert _GRACE_S <= int(service["stop_grace_period"].removesuffix("s"))
    assert not {"privileged", "cap_add", "pid", "network_mode"} & set(service)


@pytest.mark.parametrize("name", _LASTING)
def test_what_lasts_is_watched_and_started_again(name: str) -> None:
    """A check that is bounded, and a restart unless a person stopped it."""
    service = _SERVICES[name]

    assert "unless-stopped" == service["restart"]
    assert {"test", "interval", "timeout", "start_period", "retries"} == set(service["healthcheck"])


def test_everything_waits_for_the_migration() -> None:
    """No service of ours meets tables of another version; the migration waits for the server."""
    waits = {name: _SERVICES[name].get("depends_on", {}) for name in _OURS - {"simulator"}}

    assert {"postgres": {"condition": "service_healthy"}} == waits.pop("migrate")
    assert "no" == _SERVICES["migrate"]["restart"]
    assert {"service_completed_successfully"} == {
        wait["migrate"]["condition"] for wait in waits.values()
    }


def test_no_secret_stands_in_the_file() -> None:
    """Every value that may hold a password is given by file, and no URL holds one."""
    variables = [key for service in _SERVICES.values() for key in service.get("environment", {})]
    hidden = {f"BERCEAU_{name.upper()}" for name in SECRETS} | {"POSTGRES_PASSWORD"}

    assert set() == hidden & set(variables)
    assert [] == re.findall(r"\w+://[^/\s]*@", FILE.read_text("utf-8"))


def _given(service: dict[str, Any]) -> Iterator[str]:
    """The secrets that a service's words name."""
    told = [*service["command"], *service.get("environment", {}).values()]
    told += service.get("healthcheck", {}).get("test", [])
    yield from re.findall(r"/run/secrets/(\w+)", " ".join(told))


@pytest.mark.parametrize("name", sorted(_SERVICES))
def test_a_service_is_given_the_secrets_it_reads(name: str) -> None:
    """Each is declared; whoever opens nothing sealed has the name of a ring and not the ring."""
    service = _SERVICES[name]
    granted = set(service["secrets"])
    blind = {"migrate", "scheduler", "console"}
    read_by_roles = {"owner_password", "services_password"} if name == "postgres" else set()

    assert set() == granted - set(_FILE["secrets"])
    assert granted == (set(_given(service)) | read_by_roles) - (
        {"key_ring"} if name in blind else set()
    )


def test_who_writes_the_index_of_names_and_who_reads_it_share_its_key() -> None:
    """Intake indexes, the console seeks; to nobody else is it given."""
    keyed = {name for name, one in _SERVICES.items() if "index_key" in one["secrets"]}

    assert {"intake", "console"} == keyed


def _settings() -> set[str]:
    known = {f"BERCEAU_{name.upper()}" for name in Settings.model_fields}
    return known | {f"BERCEAU_{name.upper()}_FILE" for name in SECRETS}


def test_every_variable_is_a_setting() -> None:
    """A variable that nobody reads is a promise that nobody keeps."""
    said = {key for name in _OURS for key in _SERVICES[name].get("environment", {})}

    assert set() == said - _settings()


def test_the_page_adds_what_a_service_reads() -> None:
    """Its override names services of the file, settings, and secrets that are given and declared;
    both services that call the State have the same way out."""
    [block] = re.findall(r"^```yaml\n(.*?)^```$", _PAGE, re.DOTALL | re.MULTILINE)
    added = yaml.safe_load(block)
    declared = set(_FILE["secrets"]) | set(added["secrets"])

    for name, service in added["services"].items():
        assert set(service["environment"]) <= _settings()
        assert set(_SERVICES[name]["secrets"]) < set(service["secrets"]) <= declared
        assert set(_given({"command": [], **service})) <= set(service["secrets"])
    assert {"intake", "verifier"} == {
        name
        for name, service in added["services"].items()
        if {"BERCEAU_PROVIDER_PROXY_FILE", "BERCEAU_PROVIDER_CA_FILE"}
        <= set(service["environment"])
    }


@pytest.mark.parametrize("name", sorted(_OURS))
def test_every_command_is_one(name: str) -> None:
    """The first word of a service, and of its check, is a command of `berceau`."""
    commands = set(get_command(app).commands)  # type: ignore[attr-defined]
    service = _SERVICES[name]
    check = service.get("healthcheck", {}).get("test", [])

    assert service["command"][0] == name
    assert name in commands
    if name not in _ONCE | {"simulator"}:
        assert ["CMD", "berceau", "health", name] == check


def test_what_is_published_is_this_machine_s() -> None:
    """The record and Redis are published nowhere; intake on loopback unless one says otherwise,
    the console on loopback whatever one says."""
    published = {name: one["ports"] for name, one in _SERVICES.items() if "ports" in one}

    assert {"intake", "console"} == set(published)
    assert all(port.startswith(_BIND) for ports in published.values() for port in ports)
    elsewhere = read({"INTAKE_AT": "192.0.2.7:443", "CONSOLE_PORT": "9001"})["services"]
    assert ["192.0.2.7:443:8000"] == elsewhere["intake"]["ports"]
    assert ["127.0.0.1:9001:8001"] == elsewhere["console"]["ports"]


def test_only_who_must_reaches_outside() -> None:
    """The verifier asks the State, the notifier tells portals, what is published needs a way."""
    assert _FILE["networks"]["inside"]["internal"] is True
    assert {"verifier", "notifier", "intake", "console"} == {
        name for name, service in _SERVICES.items() if "outside" in service["networks"]
    }


def test_redis_keeps_what_it_was_told() -> None:
    """It writes its file every second, is bounded below its container, and evicts nothing."""
    command = _SERVICES["redis"]["command"]
    said = dict(zip(command[2::2], command[3::2], strict=True))

    assert {
        "--appendonly": "yes",
        "--appendfsync": "everysec",
        "--maxmemory": "256mb",
        "--maxmemory-policy": "noeviction",
    } == said


def test_the_simulator_comes_on_demand_only() -> None:
    """It stands under a profile, and in an image of its own."""
    profiled = {name for name, service in _SERVICES.items() if "profiles" in service}

    assert {"simulator"} == profiled
    assert ["demo"] == _SERVICES["simulator"]["profiles"]
    assert "demo" == _SERVICES["simulator"]["build"]["target"]
    assert {"production"} == {_SERVICES[name]["build"]["target"] for name in _OURS - {"simulator"}}


def test_the_images_are_of_this_version() -> None:
    """The version stands in pyproject.toml, and in the file the same."""
    [version] = re.findall(
        r'^version = "(.+)"$', (ROOT / "pyproject.toml").read_text("utf-8"), re.MULTILINE
    )

    assert {f"berceau:{version}", f"berceau:{version}-demo"} == {
        _SERVICES[name]["image"] for name in _OURS
    }
