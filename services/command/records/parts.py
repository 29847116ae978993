"""Values as files and the journal hold them, and records within records."""

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from typing import Any, TypeVar, cast

from pydantic import BaseModel, ConfigDict, ValidationError, model_validator

NOTHING: tuple[object, ...] = ("", None, [], (), {})


class Part(BaseModel):
    """A part of a record, with fields of its own; what is empty is not given."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    @model_validator(mode="before")
    @classmethod
    def _without_what_is_empty(cls, values: object) -> object:
        if not isinstance(values, Mapping):
            return values
        return {name: value for name, value in values.items() if value not in NOTHING}

    def plain(self) -> dict[str, Any]:
        """Text, whole numbers, lists and parts, in the order of the fields; nothing for nothing."""
        return plain(self)


AnyPart = TypeVar("AnyPart", bound=Part)


def read_back(part: type[AnyPart], document: Mapping[str, Any]) -> AnyPart:
    """The part that a row holds; what another version wrote and this one does not know is left.

    It cannot be refused any more: whoever reads it must see the rest.
    """
    try:
        return part.model_validate(document)
    except ValidationError as wrong:
        unknown = {str(error["loc"][0]) for error in wrong.errors() if error["loc"]}
        known = {name: value for name, value in document.items() if name not in unknown}
        return _read_or_kept(part, known)


def _read_or_kept(part: type[AnyPart], known: Mapping[str, Any]) -> AnyPart:
    try:
        return part.model_validate(known)
    except ValidationError:
        kept = part.model_construct(**known)  # shown as it stands, and refused when next given
        return cast("AnyPart", kept)


def plain(model: BaseModel) -> dict[str, Any]:
    """A model's fields as `said`; what is not given is not there."""
    values = {name: said(value) for name, value in model}
    return {name: value for name, value in values.items() if value not in NOTHING}


def said(value: object) -> object:
    """A value in text, whole numbers, lists of text, and parts."""
    match value:
        case datetime():
            return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
        case date():
            return value.isoformat()
        case tuple():
            return [said(one) for one in value]
        case Part():
            return value.plain()
    return value


def flat(values: Mapping[str, Any], within: str = "") -> dict[str, Any]:
    """The same with each part's fields under their whole names, as `dossier.volume.per_day`.

    Parts of a list are told apart by their place, from 1: `signatories.1.function`.
    """
    level: dict[str, Any] = {}
    for name, value in values.items():
        whole = f"{within}{name}"
        parts = numbered(value) if is_parts(value) else value
        level |= flat(parts, f"{whole}.") if isinstance(parts, Mapping) else {whole: value}
    return level


def is_parts(value: object) -> bool:
    """Whether it is a list of parts, rather than of words."""
    return isinstance(value, list) and any(isinstance(one, Mapping) for one in value)


def numbered(parts: Sequence[Any]) -> dict[str, Any]:
    """Each part of a list under its place, from 1, as people count."""
    return {str(place): part for place, part in enumerate(parts, 1)}
