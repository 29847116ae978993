"""The registry: what is named is loaded once, and every fault stops the process with a remedy."""

from collections.abc import Mapping
from dataclasses import replace
from importlib.metadata import EntryPoint

import pytest

from services.verifier.contract import GROUP, Provider
from services.verifier.counter import Counter
from services.verifier.eaje import eaje
from services.verifier.provider.endpoint import EAJE
from services.verifier.registry import registry
from shared.errors import SettingsError
from tests.integration.providers.toy.berceau_registre import Register

_TOY = "tests.integration.providers.toy.berceau_registre:make"
_EAJE = eaje("https://counter.test")


def broken(_options: Mapping[str, str]) -> Provider:
    """A maker that fails, and whose message quotes a secret."""
    raise ValueError("hunter2")


def usurper(_options: Mapping[str, str]) -> Provider:
    """A maker of a provider that takes another's name."""
    return eaje("https://elsewhere.test")


def shapeless(_options: Mapping[str, str]) -> object:
    """A maker of something else."""
    return object()


def nameless(_options: Mapping[str, str]) -> Provider:
    """A maker of a provider without a name."""
    return Counter(replace(EAJE, source=""), "https://counter.test")


def _point(value: str, *, name: str = "registre") -> EntryPoint:
    return EntryPoint(name, value, GROUP)


def _registry(
    *points: EntryPoint, named: tuple[str, ...] = ("registre",), url: str | None = "https://r.test"
) -> dict[str, Provider]:
    return registry(
        {"eaje": _EAJE},
        named,
        installed=points,
        options=lambda _profile: {} if url is None else {"url": url},
    )


def test_what_is_named_is_loaded_beside_the_built_in_one() -> None:
    """Each under its profile, made of its own options."""
    assert {"eaje": _EAJE, "registre": Register("https://r.test")} == _registry(_point(_TOY))


def test_what_is_not_named_is_not_even_imported() -> None:
    """A package that lies beside by accident runs no line of its own."""
    point = _point("no.such.module:make")

    assert {"eaje": _EAJE} == _registry(point, named=())


def test_what_is_not_installed_is_named() -> None:
    """A typing error in the setting stops the process: applications would wait for nobody."""
    with pytest.raises(SettingsError, match=f"« registre ».*aucun paquet.*{GROUP}"):
        _registry(_point(_TOY, name="fonds"))


@pytest.mark.parametrize("named", [("eaje",), ("registre", "registre")])
def test_a_profile_is_served_once(named: tuple[str, ...]) -> None:
    """The built-in one cannot be replaced by a package, nor named twice."""
    with pytest.raises(SettingsError, match="déjà servi"):
        _registry(_point(_TOY), _point(_TOY, name="eaje"), named=named)


def test_two_packages_for_one_profile_are_refused() -> None:
    """Neither is preferred, and both are named."""
    with pytest.raises(SettingsError, match=r"plusieurs paquets : .*toy.*, other:make"):
        _registry(_point("other:make"), _point(_TOY.replace("tests.", "a.toy.", 1)))


@pytest.mark.parametrize(
    "value",
    [
        "no_such_module:make",
        "tests.integration.providers.toy.berceau_registre:no_such_name",
        f"{__name__}:broken",
    ],
)
def test_what_does_not_load_is_named(value: str) -> None:
    """By its entry point and the kind of failure; never by a message that may quote a secret."""
    with pytest.raises(SettingsError, match="ne se charge pas") as refused:
        _registry(_point(value))

    assert value in str(refused.value)
    assert "hunter2" not in str(refused.value)


@pytest.mark.parametrize("maker", ["shapeless", "nameless"])
def test_what_is_no_provider_is_refused(maker: str) -> None:
    """At the start of the process, not at the first family."""
    with pytest.raises(SettingsError, match="ne rend pas un fournisseur"):
        _registry(_point(f"{__name__}:{maker}"))


def test_a_source_names_one_provider() -> None:
    """An added provider cannot sign as API Particulier."""
    with pytest.raises(SettingsError, match="déjà celle d'un autre"):
        _registry(_point(f"{__name__}:usurper"))


def test_an_option_that_is_missing_is_named() -> None:
    """By its variable, for who sets it."""
    with pytest.raises(SettingsError, match=r"^BERCEAU_PROVIDERS_REGISTRE_URL: manque\.$"):
        _registry(_point(_TOY), url=None)
