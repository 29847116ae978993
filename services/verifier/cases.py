"""Cases: what an outcome comes to for one application on one day, and what each leads to. Pure.

`TABLE` is the one table from an outcome to a state, a reason (whose sentences are in
`shared.sentences`) and a wake-up. docs/reference/outcomes.md shows it, held to it by a test.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from services.verifier.dates import quotient_due, renews_resources
from shared.evidence import (
    QF_SOURCE,
    Busy,
    Certified,
    EajeFacts,
    Facts,
    Forbidden,
    Inconsistent,
    InputRefused,
    NoChildUnderSeven,
    NoFile,
    NotIdentified,
    Outcome,
    Presence,
    QfFacts,
    Unavailable,
    Unreadable,
)
from shared.states import Reason, Status
from shared.taxation import TAX_NUMBERS_FIELD

MOST_ATTEMPTS = 6
_TAX_NUMBER = re.compile(rf"{TAX_NUMBERS_FIELD}(/|\Z)")


class Case(StrEnum):
    """What an outcome comes to."""

    CERTIFIED = "Certified"
    RESOURCES_AWAITED = "Certified, in January, with resources of N-3"
    QUOTIENT_AWAITED = "no quotient, before the month's batch or that of February"
    OTHER_TO_ASK = "NotIdentified or NoFile, and another representative of the household"
    NOT_IDENTIFIED = "NotIdentified"
    NO_FILE = "NoFile, or of one representative where the other is not identified"
    BIRTH_AWAITED = "NoChildUnderSeven, the child being born later"
    NO_CHILD_UNDER_SEVEN = "NoChildUnderSeven"
    TAX_NUMBER_REFUSED = "InputRefused, of a tax number"
    INPUT_REFUSED = "InputRefused"
    INCONSISTENT = "Inconsistent"
    FORBIDDEN = "Forbidden"
    BUSY = "Busy"
    FAILED = "Unavailable"
    FAILED_OFTEN = "Unavailable, for the sixth time"
    UNREADABLE = "Unreadable, or any answer that stands in no table"


class Wake(StrEnum):
    """When an application is looked at again."""

    NEVER = "never: a person settles it"
    AT_ONCE = "at once"
    TOLD = "when the provider said, else in 2 s; no attempt is counted"
    TOKEN = "as soon as the token is mended; no attempt is counted"  # noqa: S105
    SOON = "in 10 s, then ever later, three times each"
    HOURS = "in 6 hours"
    WEEK = "in 7 days; a last date in January is its last day"
    BATCH = "after the batch"
    BIRTH = "on the day of birth"


@dataclass(frozen=True, slots=True)
class Row:
    """Where a case leads, why, and until when."""

    status: Status
    reason: Reason | None
    wake: Wake


TABLE: Mapping[Case, Row] = {
    Case.CERTIFIED: Row(Status.VERIFIED, None, Wake.AT_ONCE),
    Case.RESOURCES_AWAITED: Row(Status.PARKED, Reason.RESOURCES_AWAITED, Wake.WEEK),
    Case.QUOTIENT_AWAITED: Row(Status.PARKED, Reason.QUOTIENT_AWAITED, Wake.BATCH),
    Case.OTHER_TO_ASK: Row(Status.RECEIVED, Reason.OTHER_REPRESENTATIVE_ASKED, Wake.AT_ONCE),
    Case.NOT_IDENTIFIED: Row(Status.TO_REVIEW, Reason.NOT_IDENTIFIED, Wake.NEVER),
    Case.NO_FILE: Row(Status.PARKED, Reason.NO_FILE, Wake.WEEK),
    Case.BIRTH_AWAITED: Row(Status.PARKED, Reason.BIRTH_AWAITED, Wake.BIRTH),
    Case.NO_CHILD_UNDER_SEVEN: Row(Status.TO_REVIEW, Reason.NO_CHILD_UNDER_SEVEN, Wake.NEVER),
    Case.TAX_NUMBER_REFUSED: Row(Status.TO_REVIEW, Reason.TAX_NUMBER_NEEDED, Wake.NEVER),
    Case.INPUT_REFUSED: Row(Status.TO_REVIEW, Reason.INPUT_REFUSED, Wake.NEVER),
    Case.INCONSISTENT: Row(Status.TO_REVIEW, Reason.INCONSISTENT, Wake.NEVER),
    Case.FORBIDDEN: Row(Status.RECEIVED, Reason.ACCESS_FORBIDDEN, Wake.TOKEN),
    Case.BUSY: Row(Status.RECEIVED, Reason.PROVIDER_BUSY, Wake.TOLD),
    Case.FAILED: Row(Status.RECEIVED, Reason.PROVIDER_UNAVAILABLE, Wake.SOON),
    Case.FAILED_OFTEN: Row(Status.PARKED, Reason.PROVIDER_UNAVAILABLE, Wake.HOURS),
    Case.UNREADABLE: Row(Status.TO_REVIEW, Reason.ANSWER_UNREADABLE, Wake.NEVER),
}


@dataclass(frozen=True, slots=True)
class Standing:
    """What is known of the application before the call.

    Attributes:
        attempts: how often the provider failed in a row.
        last_date: when a person looks (UTC), once it has been parked.
        source: the provider's name.
        other_to_ask: whether another representative of the household may be asked about next.
        applicant_without_file: whether the applicant, asked about before, is known without a file.
    """

    attempts: int
    last_date: datetime | None
    source: str = ""
    other_to_ask: bool = False
    applicant_without_file: bool = False


def case_of(outcome: Outcome, standing: Standing, now: datetime) -> Case:
    """What an outcome comes to, on that day (`now`: UTC)."""
    match outcome:
        case Certified(facts=facts):
            return _certified(facts, now)
        case NotIdentified() | NoFile():
            return _not_found(outcome, standing, now)
        case NoChildUnderSeven(born_on=born_on):
            return Case.NO_CHILD_UNDER_SEVEN if born_on is None else Case.BIRTH_AWAITED
        case InputRefused(fields=fields):
            about_tax = any(map(_TAX_NUMBER.match, fields))
            return Case.TAX_NUMBER_REFUSED if about_tax else Case.INPUT_REFUSED
        case Unavailable():
            return Case.FAILED if standing.attempts + 1 < MOST_ATTEMPTS else Case.FAILED_OFTEN
    return _ALWAYS[type(outcome)]


_ALWAYS: Mapping[type[Outcome], Case] = {
    Inconsistent: Case.INCONSISTENT,
    Forbidden: Case.FORBIDDEN,
    Busy: Case.BUSY,
    Unreadable: Case.UNREADABLE,
}


def _certified(facts: Facts, now: datetime) -> Case:
    match facts:
        case EajeFacts(resources_year=year) if renews_resources(now, year):
            return Case.RESOURCES_AWAITED
        case QfFacts(quotient_familial=Presence.NULL, asked=None) if quotient_due(now):
            return Case.QUOTIENT_AWAITED
    return Case.CERTIFIED


def _not_found(outcome: NotIdentified | NoFile, standing: Standing, now: datetime) -> Case:
    """Of two representatives, one who is known without a file is waited for."""
    if standing.other_to_ask:
        return Case.OTHER_TO_ASK
    if isinstance(outcome, NotIdentified) and not standing.applicant_without_file:
        return Case.NOT_IDENTIFIED
    awaited = standing.source == QF_SOURCE and quotient_due(now) is not None
    return Case.QUOTIENT_AWAITED if awaited else Case.NO_FILE
