"""Published tariffs, as the record keeps them: the text to the letter, and the digest it had then.

Pure: whoever reads the table hands the rows in.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from services.tariff.language.national import NATIONAL
from services.tariff.language.reading import read_tariff
from services.tariff.language.scale import Scale
from services.tariff.language.tariff import Tariff
from shared.errors import TariffError


@dataclass(frozen=True, slots=True)
class Published:
    """One published version: its id and name, its YAML text, and the digest of what it says."""

    tariff_id: str
    version: str
    content: str
    digest: str


def read_published(published: Published) -> Tariff:
    """The tariff that a published text says.

    Raises:
        TariffError: the text is no tariff any more, or does not say what was published.
    """
    tariff = read_tariff(published.content, file=_file(published))
    if tariff.digest != published.digest:
        raise TariffError(
            f"{_file(published)} : ce texte n'est pas celui qui fut publié (empreinte "
            f"{published.digest}) : restaurez la table des barèmes."
        )
    return tariff


def refuse_publication(tariff: Tariff, standing: Iterable[Tariff]) -> None:
    """Refuse a version that cannot join those that stand.

    Raises:
        TariffError: the national scale, another content under the same name, or a break.
    """
    if tariff.id == NATIONAL:
        raise TariffError(
            f"« {NATIONAL} » est le barème national, livré avec Berceau : donnez un autre « id » "
            "au vôtre."
        )
    versions = tuple(standing)
    if any(one.version == tariff.version for one in versions):
        raise TariffError(
            f"La version {tariff.version} du barème {tariff.id} est publiée et dit autre chose : "
            f"une version publiée ne change pas. Une correction s'appelle "
            f"{_next_correction(tariff, versions)}."
        )
    Scale.of((*versions, tariff))


def _next_correction(tariff: Tariff, standing: Iterable[Tariff]) -> str:
    same = (one for one in standing if one.valid_from == tariff.valid_from)
    last = max((int(one.version.partition(".")[2] or 0) for one in same), default=0)
    return f"{tariff.valid_from}.{last + 1}"


def _file(published: Published) -> str:
    return f"{published.tariff_id} {published.version}"
