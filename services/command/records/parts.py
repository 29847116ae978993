"""Values as files and the journal hold them, and records within records."""

from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any

from pydantic import BaseModel, ConfigDict, model_validator

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
            return list(value)
        case Part():
            return value.plain()
    return value


def flat(values: Mapping[str, Any], within: str = "") -> dict[str, Any]:
    """The same with each part's fields under their whole names, as `dossier.volume.per_day`."""
    level: dict[str, Any] = {}
    for name, value in values.items():
        whole = f"{within}{name}"
        level |= flat(value, f"{whole}.") if isinstance(value, Mapping) else {whole: value}
    return level
