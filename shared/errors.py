"""What can go wrong in Berceau's own code, as a tree.

    BerceauError
    ├── MoneyFormatError        text that is not an amount of euros
    ├── SettingsError           a setting is missing or cannot be read
    ├── SealingError            something sealed cannot be opened
    ├── PeopleError             somebody cannot be added or changed so
    ├── MigrationError          the tables cannot be brought to that revision
    └── TariffError             a tariff cannot be loaded, or none is in force on a date

An outcome (a family that is not identified, a provider that is busy) is never an exception: see
`shared.evidence`. An exception means "try again" or "a bug".
"""


class BerceauError(Exception):
    """Anything that Berceau itself raises."""

    def __init__(self, message: str | None = None) -> None:
        super().__init__(message or (self.__doc__ or "").splitlines()[0])


class MoneyFormatError(BerceauError, ValueError):
    """The text is not an amount of euros."""


class SettingsError(BerceauError):
    """A setting is missing or cannot be read."""


class SealingError(BerceauError):
    """Something sealed cannot be opened with the keys at hand."""


class PeopleError(BerceauError):
    """Somebody cannot be added or changed so: which field, and a French sentence on how."""

    def __init__(self, message: str | None = None, *, field: str = "") -> None:
        super().__init__(message)
        self.field = field


class MigrationError(BerceauError):
    """The tables cannot be brought to that revision; nothing was changed."""


class TariffError(BerceauError):
    """The tariff cannot be loaded, or none is in force on that date."""
