"""Place: where everything is, as the processes of the contestants are told by their environment."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Self

_PREFIX = "SPEED_"


@dataclass(frozen=True, slots=True, repr=False)
class Place:
    """The record, the broker of the peer, the provider and the right to call it."""

    database_url: str
    broker_url: str
    key_ring_file: str
    provider_url: str
    token: str
    recipient: str

    @classmethod
    def told(cls, environ: Mapping[str, str] = os.environ) -> Self:
        """The place that the environment tells."""
        return cls(*(environ[_PREFIX + name.upper()] for name in cls.__slots__))

    def environment(self) -> dict[str, str]:
        """The environment that tells this place."""
        return {_PREFIX + name.upper(): getattr(self, name) for name in self.__slots__}

    @property
    def key_ring(self) -> Path:
        return Path(self.key_ring_file)
