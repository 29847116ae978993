"""The words of a campaign: what it does, where it stands, why it leaves an application out.

A campaign prices again every running decision of a scheme, or every decision that a wrong tariff
touched. The decision in force stays until the next one.
"""

from enum import StrEnum


class CampaignKind(StrEnum):
    """What a campaign prices its members from."""

    REPRICING = "repricing"  # the State is asked again
    FROM_EVIDENCE = "from_evidence"  # the evidence held: only the tariff has moved
    CORRECTION = "correction"  # the evidence that the wrong decision rested on


class CampaignState(StrEnum):
    """Where a campaign stands."""

    RUNNING = "running"
    PAUSED = "paused"  # feeds nobody; what was fed goes to its end
    FINISHED = "finished"  # nothing is left for a machine to do
    CANCELLED = "cancelled"  # a person stopped it; what was fed goes to its end


class CampaignGround(StrEnum):
    """Why a campaign may price a month that has begun: of itself, nothing is raised afterwards."""

    ANNUAL_REVISION = "annual_revision"  # the resources of the year, due from its first day
    TARIFF_CHANGED = "tariff_changed"  # the tariff, or its ceiling, moves on that day
    ERROR = "error"  # what was decided was wrong


class LeftOut(StrEnum):
    """Why a campaign does not price an application again."""

    CARE_ENDED = "care_ended"
    NOT_BEGUN = "not_begun"  # its first decision begins after the day
    AID_REFUSED = "aid_refused"  # nothing is paid, so nothing is priced
    IN_HAND = "in_hand"  # being verified, priced or settled for another reason
    ERASED = "erased"  # its key was destroyed
    WITHDRAWN = "withdrawn"
    CLOSED = "closed"
    CANCELLED = "cancelled"  # the campaign was, before its turn came
