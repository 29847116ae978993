"""What a try to deliver came to: a closed set."""

from dataclasses import dataclass
from enum import StrEnum


class Failure(StrEnum):
    """Why a try failed; the value is kept, and shown."""

    TARGET_REFUSED = "target_refused"  # it leads inwards
    NAME_UNKNOWN = "name_unknown"  # no address for its name
    UNREACHABLE = "unreachable"  # no connection, or one that broke
    CERTIFICATE_REFUSED = "certificate_refused"
    TOO_SLOW = "too_slow"
    REDIRECTED = "redirected"  # nobody is followed
    ANSWERED = "answered"  # with a status that says no
    SECRET_UNREADABLE = "secret_unreadable"  # noqa: S105 - a word: the key ring lost its key
    NOT_SENT = "not_sent"  # a fault of ours, which the log of the notifier names


@dataclass(frozen=True, slots=True)
class Delivered:
    """The receiver has it: any 2xx."""

    http_status: int

    @property
    def word(self) -> str:
        return "delivered"


@dataclass(frozen=True, slots=True)
class Failed:
    """Not delivered: later."""

    why: Failure
    http_status: int | None = None

    @property
    def word(self) -> str:
        return self.why.value


@dataclass(frozen=True, slots=True)
class Gone:
    """410: the receiver wants nothing more."""

    http_status: int = 410

    @property
    def word(self) -> str:
        return "gone"


Outcome = Delivered | Failed | Gone
