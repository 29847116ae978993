"""Scales: the versions of a tariff as the record has them now, or as they ship."""

from sqlalchemy import Connection, select

from services.tariff.language.national import load_shipped_scale
from services.tariff.language.published import Published, read_published
from services.tariff.language.scale import Scale
from shared.store.published import TariffRow

_ROWS = select(TariffRow.tariff_id, TariffRow.version, TariffRow.content, TariffRow.digest)


def scale_of(connection: Connection, tariff_id: str) -> Scale:
    """What was published under that id, or what ships; as a tariff worker would find it.

    Raises:
        TariffError: nobody published or shipped it.
    """
    rows = connection.execute(_ROWS.where(TariffRow.tariff_id == tariff_id)).all()
    if not rows:
        return load_shipped_scale(tariff_id)
    return Scale.of(read_published(Published(*row)) for row in rows)
