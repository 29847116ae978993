"""The shelf: the tariffs that are known, by their id."""

from sqlalchemy import Engine

from services.tariff.language.national import load_national_scale
from services.tariff.language.scale import Scale
from shared.errors import TariffError


class Shelf:
    """The scales that are known."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def scale(self, tariff_id: str) -> Scale:
        """The scale of a tariff.

        Raises:
            TariffError: nobody knows it.
        """
        if tariff_id != "psu":
            raise TariffError(f"Le barème {tariff_id} est inconnu.")
        return load_national_scale()
