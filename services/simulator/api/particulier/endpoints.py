"""Endpoints: what sets the QF and the EAJE base apart, each by civil status or FranceConnect."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from services.simulator.api.config import EAJE_SCOPES, QF_SCOPES
from services.simulator.api.faults.timetable import Weekly
from services.simulator.api.particulier.nomenclature import CNAF_MSA, SOCIAL_SECURITY, Source

_HOUR_S = 3_600
_COMMON = ("civil_status", "identity", "absent", "generic")


class Mode(StrEnum):
    """How the person is told: its values are the last word of the path."""

    CIVIL_STATUS = "identite"
    FRANCE_CONNECT = "france_connect"


_SUFFIX = {Mode.CIVIL_STATUS: "with_civility", Mode.FRANCE_CONNECT: "with_france_connect"}


@dataclass(frozen=True, slots=True)
class Endpoint:
    """One endpoint of V3; `windows`: its scheduled maintenance (siade/config/maintenances.yml)."""

    name: str
    resource: str
    scopes: Mapping[str, str]
    source: Source
    remembered_s: int
    sections: tuple[str, ...]
    windows: tuple[Weekly, ...] = ()

    @property
    def ping(self) -> str:
        """Its name among the pings."""
        return f"cnaf_msa_{self.resource}"

    def operation(self, mode: Mode) -> str:
        """The operation's id, which also names its folder of payloads."""
        return f"api_particulier_v3_cnav_{self.resource}_{_SUFFIX[mode]}"


EAJE = Endpoint(
    name="eaje",
    resource="participation_familiale_eaje",
    scopes=EAJE_SCOPES,
    source=SOCIAL_SECURITY,
    remembered_s=_HOUR_S,
    sections=(*_COMMON, "eaje"),
)
QF = Endpoint(
    name="qf",
    resource="quotient_familial",
    scopes=QF_SCOPES,
    source=CNAF_MSA,
    remembered_s=24 * _HOUR_S,
    sections=(*_COMMON, "period"),
    windows=(Weekly(23 * 60, 23 * 60 + 45, weekday=6),),
)
ENDPOINTS = (EAJE, QF)
