"""The formats of what is printed."""

from enum import StrEnum


class Format(StrEnum):
    """What a paper is printed as; the value ends the name of its file."""

    PDF = "pdf"
    HTML = "html"
    JSON = "json"
