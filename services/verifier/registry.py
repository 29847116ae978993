"""The registry: one provider for each evidence profile that this verifier serves, made once.

Nothing that is installed beside is loaded unless an operator named it (`BERCEAU_PROVIDERS`).
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from importlib.metadata import EntryPoint

from services.verifier.contract import GROUP, MakesProvider, Provider
from shared.errors import SettingsError

_SETTING = "BERCEAU_PROVIDERS"


class Options(dict[str, str]):
    """The options of one added provider; asking for one that is not set names its variable."""

    def __init__(self, profile: str, values: Mapping[str, str]) -> None:
        super().__init__(values)
        self._profile = profile

    def __missing__(self, option: str) -> str:
        raise SettingsError(f"{_SETTING}_{self._profile}_{option}".upper() + ": manque.")


def registry(
    builtin: Mapping[str, Provider],
    named: Sequence[str],
    *,
    installed: Iterable[EntryPoint],
    options: Callable[[str], Mapping[str, str]],
) -> dict[str, Provider]:
    """The providers by profile: the built-in ones, and those that are named.

    Args:
        builtin: by profile.
        named: profiles of the added ones.
        installed: the entry points of the packages installed beside.
        options: what was set for a profile.

    Raises:
        SettingsError: a profile served twice, not installed, or not made; never an option's value.
    """
    known, found = dict(builtin), list(installed)
    for profile in named:
        if profile in known:
            raise _refused(profile, "déjà servi ; une seule source par profil.")
        points = [point for point in found if point.name == profile]
        made = _made(_only(profile, points), Options(profile, options(profile)))
        if made.source in {provider.source for provider in known.values()}:
            raise _refused(profile, f"la source « {made.source} » est déjà celle d'un autre.")
        known[profile] = made
    return known


def _only(profile: str, points: Sequence[EntryPoint]) -> EntryPoint:
    if not points:
        raise _refused(profile, f"aucun paquet installé ne le fournit (groupe {GROUP}).")
    if len(points) > 1:
        packages = sorted(point.dist.name if point.dist else point.value for point in points)
        raise _refused(profile, f"fourni par plusieurs paquets : {', '.join(packages)}.")
    return points[0]


def _made(point: EntryPoint, options: Options) -> Provider:
    """Import and make a provider; a failure is told by its type only: it may quote a secret."""
    try:
        make: MakesProvider = point.load()
        provider = make(options)
    except SettingsError:
        raise
    except Exception as error:
        broken = type(error).__name__
        raise _refused(point.name, f"{point.value} ne se charge pas ({broken}).") from error
    if not isinstance(provider, Provider) or not _named(provider):
        raise _refused(point.name, f"{point.value} ne rend pas un fournisseur (source, open).")
    return provider


def _named(provider: Provider) -> bool:
    return isinstance(provider.source, str) and bool(provider.source) and callable(provider.open)


def _refused(profile: str, why: str) -> SettingsError:
    return SettingsError(f"{_SETTING} : « {profile} » : {why}")
