"""Grounds that carry a day or a rule: how they stand in `reviews.ground`, and are read back."""

from dataclasses import dataclass
from datetime import date
from typing import Self

from shared.scheme_rules import Silence, SilenceEffect


@dataclass(frozen=True, slots=True)
class Acknowledged:
    """The silence rule of the day on which an application was acknowledged: its own for ever."""

    silence: Silence

    @property
    def ground(self) -> str:
        """As the row holds it: `rejection:2`."""
        return f"{self.silence.effect}:{self.silence.months}"

    @classmethod
    def read(cls, ground: str) -> Self:
        """From a row's ground."""
        effect, _, months = ground.partition(":")
        return cls(Silence(effect=SilenceEffect(effect), months=int(months)))


@dataclass(frozen=True, slots=True)
class Asked:
    """Until which day (included) pieces are asked for."""

    until: date

    @property
    def ground(self) -> str:
        """As the row holds it: `until:2027-02-01`."""
        return f"until:{self.until.isoformat()}"

    @classmethod
    def read(cls, ground: str) -> Self:
        """From a row's ground."""
        return cls(date.fromisoformat(ground.partition(":")[2]))
