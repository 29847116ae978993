"""Habilitations: whether a call is within what the State granted. Pure; whoever calls looks first.

Source: an access is granted in DataPass to one administration, for named data, until a date; what
the State gives beyond that must not be asked for (article L. 114-8 of the CRPA: the data that is
strictly necessary, and no other).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from shared.states import Reason

UNASKED = frozenset({Reason.HABILITATION_EXPIRED, Reason.OUTSIDE_HABILITATION})
"""Why an application waits that nobody was asked about: what ops mend in the records."""
ENDS_AT = "ends_at"  # in a dossier: the end of the habilitation itself, when it has one
_SIREN = 9  # digits: what the establishments of one legal person have in common


@dataclass(frozen=True, slots=True)
class Cover:
    """What one habilitation covers.

    Attributes:
        endpoints: the evidence profiles that may be asked for.
        recipient: SIRET of who receives the data.
        authority: SIRET of the authority that prices with them.
        ends_at: when the token or the habilitation ends, the earlier (UTC); None when not known.
    """

    endpoints: frozenset[str]
    recipient: str
    authority: str
    ends_at: datetime | None = None

    def refusal(self, profile: str, at: datetime) -> Reason | None:
        """Why a call for this profile must not leave at that time (UTC); None when it may."""
        if self.ends_at is not None and self.ends_at <= at:
            return Reason.HABILITATION_EXPIRED
        if profile not in self.endpoints or not same_administration(self.recipient, self.authority):
            return Reason.OUTSIDE_HABILITATION
        return None


def same_administration(recipient: str, authority: str) -> bool:
    """Whether two SIRET are of one legal person: the SIREN, their first nine digits, is the same.

    A town may have its data sent to the establishment that its nurseries are.
    """
    return recipient[:_SIREN] == authority[:_SIREN]


def earliest_end(token_ends_at: datetime | None, dossier: Mapping[str, Any]) -> datetime | None:
    """When a right ends: its token, or the habilitation itself as its dossier says (UTC)."""
    ends = (token_ends_at, _moment(dossier.get(ENDS_AT)))
    return min((end for end in ends if end is not None), default=None)


def _moment(text: object) -> datetime | None:
    try:
        moment = datetime.fromisoformat(str(text))
    except ValueError:
        return None
    return moment.astimezone(UTC) if moment.tzinfo is not None else None
