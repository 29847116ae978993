"""Who signs for an authority, and how to reach it: what a decision must say of its author.

An administration's decision names the first name, name, function and service of its author even
when a téléservice dispenses it from a signature (CRPA L.212-1; Conseil d'État, avis 489189, 5 March
2024).
"""

from collections.abc import Sequence
from datetime import date
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

_Text = Annotated[str, Field(min_length=1, max_length=200)]
_Url = Annotated[str, Field(pattern=r"^https?://\S+$", max_length=300)]


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Author(_Frozen):
    """The author of a decision, as its letter names them; `act` is the delegation of signature."""

    first_name: _Text
    last_name: _Text
    function: _Text
    service: _Text
    act: _Text | None = None


class Signatory(Author):
    """An author and the days on which they may sign; None: no known bound."""

    valid_from: date | None = None
    valid_to: date | None = None

    def may_sign(self, on: date) -> bool:
        """Whether the delegation holds on that day."""
        started = self.valid_from is None or self.valid_from <= on
        return started and (self.valid_to is None or on <= self.valid_to)

    @property
    def author(self) -> Author:
        """The author alone, without the bounds of their delegation."""
        return Author.model_validate(self.model_dump(exclude={"valid_from", "valid_to"}))


class Contact(_Frozen):
    """How a family reaches an authority, its data protection officer and its tribunal.

    `tribunal` is the administrative court that judges the authority's decisions, with its address.
    `retention_months` is how long the data is kept after the care, or the aid, has ended.
    """

    service: _Text | None = None
    address: Annotated[tuple[_Text, ...], Field(max_length=6)] = ()
    email: _Text | None = None
    phone: _Text | None = None
    dpo: _Text | None = None
    tribunal: _Text | None = None
    tribunal_address: _Text | None = None
    rules_url: _Url | None = None  # where the rules of the algorithm are published (L.312-1-3)
    privacy_url: _Url | None = None
    retention_months: Annotated[int, Field(strict=True, ge=1, le=600)] | None = None


def signatory_on(signatories: Sequence[Signatory], on: date) -> Author | None:
    """The first who may sign on that day; None when nobody may."""
    return next((one.author for one in signatories if one.may_sign(on)), None)
