"""The formats of exports."""

from enum import StrEnum


class Format(StrEnum):
    """How decisions are written."""

    CSV = "csv"
    JSON = "json"

    @property
    def encoding(self) -> str:
        """UTF-8; with the mark by which spreadsheets know it."""
        return "utf-8-sig" if self is Format.CSV else "utf-8"
