"""The tariffs at hand: every version that ships or was published here, past ones included."""

from sqlalchemy import Engine, text

from services.tariff.language.national import load_shipped_scale
from services.tariff.language.reading import read_tariff
from services.tariff.language.tariff import Tariff
from shared.errors import TariffError

_PUBLISHED = text("SELECT content FROM tariffs WHERE tariff_id = :id AND version = :version")


class AtHand:
    """Tariffs by id and version; each is read once, for a check meets the same ones all along.

    A published text is taken as it stands, edited or not: whoever asks compares its digest.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._read: dict[tuple[str, str], Tariff | None] = {}

    def version(self, tariff_id: str, version: str) -> Tariff | None:
        """The tariff that has exactly this version, in force or not; None when there is none."""
        name = (tariff_id, version)
        if name not in self._read:
            self._read[name] = self._published(*name) or _shipped(*name)
        return self._read[name]

    def _published(self, tariff_id: str, version: str) -> Tariff | None:
        with self._engine.connect() as connection:
            content = connection.execute(
                _PUBLISHED, {"id": tariff_id, "version": version}
            ).scalar_one_or_none()
        try:
            return None if content is None else read_tariff(content, file=f"{version}.yaml")
        except TariffError:
            return None


def _shipped(tariff_id: str, version: str) -> Tariff | None:
    try:
        return load_shipped_scale(tariff_id).version(version)
    except TariffError:
        return None
