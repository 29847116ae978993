"""The kinds of record, in the order in which they rest on one another."""

from enum import StrEnum


class Kind(StrEnum):
    """What a record is about; the value is the command's word and the journal's."""

    AUTHORITY = "authority"
    STRUCTURE = "structure"
    HABILITATION = "habilitation"
    SCHEME = "scheme"
    PORTAL = "portal"

    @property
    def plural(self) -> str:
        """The word of a whole set: a key of the YAML page, the name of a CSV sheet."""
        return "authorities" if self is Kind.AUTHORITY else f"{self.value}s"

    @property
    def within(self) -> bool:
        """Whether its codes are its authority's own, so that both are needed to name one."""
        return self in {Kind.STRUCTURE, Kind.SCHEME}

    @property
    def french(self) -> str:
        """The noun as people read it."""
        return _FRENCH[self]


class Format(StrEnum):
    """How records are written."""

    YAML = "yaml"
    CSV = "csv"


_FRENCH = {
    Kind.AUTHORITY: "collectivité",
    Kind.STRUCTURE: "établissement",
    Kind.HABILITATION: "habilitation",
    Kind.SCHEME: "dispositif",
    Kind.PORTAL: "portail",
}
