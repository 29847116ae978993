"""The shelf: every scale that an application may be priced under, by its id.

Published tariffs stand in the record and are read again every half minute at most; an id that
nobody published is looked for among the scales that ship. A published text is parsed once.
"""

from collections.abc import Callable
from dataclasses import dataclass
from time import monotonic

from sqlalchemy import Connection, Engine, select

from services.tariff.language.national import load_shipped_scale
from services.tariff.language.published import Published, read_published
from services.tariff.language.scale import Scale
from services.tariff.language.tariff import Tariff
from shared.errors import TariffError
from shared.store.published import TariffRow

FRESH_FOR_S = 30.0
_ROWS = select(TariffRow.tariff_id, TariffRow.version, TariffRow.content, TariffRow.digest)


@dataclass(frozen=True, slots=True)
class _Kept:
    read_at: float
    scale: Scale


class Shelf:
    """The scales of this installation; as many are kept as have been published and asked for."""

    def __init__(self, engine: Engine, *, clock: Callable[[], float] = monotonic) -> None:
        self._engine = engine
        self._clock = clock
        self._kept: dict[str, _Kept] = {}

    def scale(self, tariff_id: str) -> Scale:
        """The scale of that id: what was published under it, or what ships.

        Raises:
            TariffError: nobody published or shipped it, or what stands in the record was damaged.
        """
        kept = self._kept.get(tariff_id)
        if kept is not None and self._clock() - kept.read_at <= FRESH_FOR_S:
            return kept.scale
        with self._engine.connect() as connection:
            scale = read_scale(connection, tariff_id, known=kept.scale if kept else None)
        self._kept[tariff_id] = _Kept(self._clock(), scale)
        return scale


def read_scale(connection: Connection, tariff_id: str, *, known: Scale | None = None) -> Scale:
    """The scale of that id: what was published under it, or what ships.

    Versions that are `known` already are not parsed again.

    Raises:
        TariffError: nobody published or shipped it, or what stands in the record was damaged.
    """
    rows = connection.execute(_ROWS.where(TariffRow.tariff_id == tariff_id)).all()
    if not rows:
        return load_shipped_scale(tariff_id)
    return Scale.of(_tariff(Published(*row), known) for row in rows)


def _tariff(published: Published, known: Scale | None) -> Tariff:
    """What a row says; one that was read before is not parsed again."""
    try:
        tariff = None if known is None else known.version(published.version)
    except TariffError:
        tariff = None
    same = tariff is not None and tariff.digest == published.digest
    return tariff if tariff is not None and same else read_published(published)
