"""Local tariffs for tests: whole ones, said in a few words."""

from datetime import date
from itertools import pairwise
from typing import Any

from services.tariff.language.local import KINDS, LocalTariff
from services.tariff.language.words import Method

ON = date(2026, 9, 15)
READ = "page de la commune"
QUOTIENT: dict[str, Any] = {"kind": "quotient_familial", "month": "current", "source": READ}


def sourced(**part: Any) -> dict[str, Any]:
    """A part of a tariff, with its source."""
    return part | {"source": READ}


def local(method: str, part: dict[str, Any] | None = None, **words: Any) -> LocalTariff:
    """A tariff by the half hour on the quotient of the month, in force since 2026."""
    content = {
        "id": "essai",
        "title": "Barème d'essai",
        "authority": "essai",
        "version": "2026-01-01",
        "valid_from": "2026-01-01",
        "valid_to": None,
        "review_by": "2030-01-01",
        "legal_basis": "délibération d'essai",
        "evidence_profile": "qf",
        "method": method,
        "unit": "half_hour",
        "rounding": sourced(mode="half-up", stage="unit"),
        method: sourced(**(part or {})),
    }
    if method != "flat":
        content["measure"] = QUOTIENT
    tariff = KINDS[Method(method)].model_validate(content | words)
    assert isinstance(tariff, LocalTariff)
    return tariff


def bands(*steps: tuple[str, str], bounds: str = "lower_included", **words: Any) -> LocalTariff:
    """Bands that begin at each first number and cost the second."""
    grid: list[dict[str, str]] = [{"from": at, "price": price} for at, price in steps]
    for earlier, later in pairwise(grid):
        earlier["to"] = later["from"]
    return local("bands", {"bounds": bounds, "grid": grid}, **words)
