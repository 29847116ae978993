"""A tariff (barème) for one period: what every method says, whatever it computes.

Amounts and rates are strings in YAML and exact numbers here; nothing passes through a float.
"""

from datetime import date
from functools import cached_property
from typing import Annotated, Any, Self

from pydantic import Field, model_validator

from services.tariff.language.faults import fault
from services.tariff.language.missing import MissingData
from services.tariff.language.policies import OF_PROFILE, Policy
from services.tariff.language.sourced import Frozen, RoundingRule, Text
from services.tariff.language.words import Method, Profile
from shared.canonical import canonical_json, digest
from shared.errors import TariffError

Id = Annotated[
    str, Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=64, examples=["garderie-2c2r"])
]
Version = Annotated[
    str, Field(pattern=r"^\d{4}-\d{2}-\d{2}(\.[1-9]\d*)?$", examples=["2026-09-01"])
]


class Tariff(Frozen):
    """One tariff for one period, immutable: a correction is another version.

    `valid_from` and `valid_to` are both in force; `valid_to` is None while no end is known.
    `policies` are the grounds that send an application to an agent; without them, those of the
    evidence profile hold.
    """

    id: Id
    title: Text
    authority: Annotated[str, Field(min_length=1, max_length=64)]
    version: Version
    valid_from: date
    valid_to: date | None = None
    review_by: date
    legal_basis: Text
    evidence_profile: Profile
    method: Method
    rounding: RoundingRule
    missing_data: MissingData | None = None
    policies: Annotated[tuple[Policy, ...], Field(max_length=len(Policy))] | None = None

    @model_validator(mode="after")
    def _dates_agree(self) -> Self:
        if self.valid_to is not None and self.valid_to < self.valid_from:
            raise fault("period_order", "« valid_to » précède « valid_from »", at=("valid_to",))
        if not self.version.startswith(self.valid_from.isoformat()):
            raise fault(
                "version_name", "« version » commence par la date « valid_from »", at=("version",)
            )
        return self

    @property
    def content(self) -> dict[str, Any]:
        """All that the tariff says, as JSON values: what its digest covers."""
        return self.model_dump(mode="json", by_alias=True, exclude_none=True)

    @cached_property
    def digest(self) -> str:
        """The digest of the canonical JSON of `content`; to change a tariff, validate it anew."""
        return digest(canonical_json(self.content))

    @property
    def for_an_agent(self) -> frozenset[Policy]:
        """The grounds on which an application goes to an agent under this tariff."""
        if self.policies is None:
            return OF_PROFILE[self.evidence_profile]
        return frozenset(self.policies)

    def in_force(self, on: date) -> bool:
        """Whether this tariff holds on that day."""
        return self.valid_from <= on and (self.valid_to is None or on <= self.valid_to)

    def require_in_force(self, on: date) -> None:
        """Let through only a day on which this tariff holds.

        Raises:
            TariffError: on any other day.
        """
        if not self.in_force(on):
            raise TariffError(
                f"Le barème {self.id} {self.version} n'est pas en vigueur le {on} : "
                "prenez celui de cette date."
            )
