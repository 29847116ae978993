"""What a habilitation covers, and until when."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from shared.habilitation import Cover, earliest_end
from shared.states import Reason

_END = datetime(2027, 5, 31, tzinfo=UTC)
_BEFORE = _END - timedelta(seconds=1)
_COVER = Cover(frozenset({"eaje"}), "21130004100020", "21130004100012", _END)


def test_a_call_within_it_may_leave() -> None:
    """For an endpoint that it names, to an establishment of the authority, before its end."""
    assert None is _COVER.refusal("eaje", _BEFORE)
    assert None is replace(_COVER, ends_at=None).refusal("eaje", _END)


def test_nothing_leaves_from_its_end_on() -> None:
    """At that very instant it is over, whatever is asked."""
    assert Reason.HABILITATION_EXPIRED is _COVER.refusal("eaje", _END)
    assert Reason.HABILITATION_EXPIRED is _COVER.refusal("qf", _END)


def test_nothing_leaves_for_what_or_for_whom_it_does_not_say() -> None:
    """Another endpoint, or a recipient that is another legal person."""
    elsewhere = replace(_COVER, recipient="35600000049837")

    assert Reason.OUTSIDE_HABILITATION is _COVER.refusal("qf", _BEFORE)
    assert Reason.OUTSIDE_HABILITATION is elsewhere.refusal("eaje", _BEFORE)


@pytest.mark.parametrize(
    ("token", "dossier", "end"),
    [
        (None, {}, None),
        (_END, {}, _END),
        (None, {"ends_at": "2027-05-31T00:00:00Z"}, _END),
        (_END, {"ends_at": "2027-05-31T01:00:00+02:00"}, _END - timedelta(hours=1)),
        (_END, {"ends_at": "2028-01-01T00:00:00Z"}, _END),
        (_END, {"ends_at": "un jour"}, _END),
        (_END, {"ends_at": "2027-01-01"}, _END),
    ],
)
def test_the_earlier_end_counts(
    token: datetime | None, dossier: dict[str, str], end: datetime | None
) -> None:
    """That of the token or that of the habilitation; what cannot be read is none."""
    assert end == earliest_end(token, dossier)
