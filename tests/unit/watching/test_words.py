"""French words and figures: whole, and typeset as a French reader expects."""

from datetime import timedelta

import pytest

from shared.states import Lane, Reason, Status, Step
from shared.watching import words


def test_every_status_reason_step_and_lane_has_words() -> None:
    """A new member of the vocabulary must be given its French."""
    assert set(Status) == set(words.STATUSES)
    assert set(Reason) == set(words.REASONS)
    assert (set(Step), set(Lane)) == (set(words.STEPS), set(words.LANES))


def test_what_another_version_wrote_is_shown_as_it_is() -> None:
    """An unknown status or reason does not break the page."""
    assert ("NOUVEAU", "inconnu", "") == (
        words.status_words("NOUVEAU"),
        words.reason_words("inconnu"),
        words.reason_words(None),
    )


@pytest.mark.parametrize(
    ("length", "said"),
    [
        (timedelta(milliseconds=12), "12\u00a0ms"),
        (timedelta(seconds=1.25), "1,2\u00a0s"),
        (timedelta(seconds=59.9), "59\u00a0s"),
        (timedelta(minutes=4, seconds=5), "4\u00a0min\u00a005\u00a0s"),
        (timedelta(hours=2, minutes=5), "2\u00a0h\u00a005"),
        (timedelta(days=3, hours=4), "3\u00a0j\u00a04\u00a0h"),
        (timedelta(seconds=-1), "0\u00a0ms"),
        (None, "—"),
    ],
)
def test_a_duration_says_its_two_largest_units(length: timedelta | None, said: str) -> None:
    """Short times keep a decimal, long ones lose their seconds."""
    assert said == words.duration(length)


def test_a_count_that_stops_says_so() -> None:
    """What is counted up to a bound is never told as exact."""
    assert ("99\u202f999", "100\u202f000 ou plus") == (
        words.at_least(99_999),
        words.at_least(100_000),
    )


def test_signs_are_kept_with_their_words() -> None:
    """No-break spaces and true apostrophes."""
    assert "«\u00a0L’an\u00a0»\u00a0: oui\u202f; non\u202f?" == words.typeset(
        "« L'an » : oui ; non ?"
    )


@pytest.mark.parametrize(
    ("actor", "said"),
    [
        ("service:verifier", "Vérificateur"),
        ("portal:arles", "Portail arles"),
        ("agent:12", "Agent 12"),
        ("autre", "autre"),
    ],
)
def test_who_did_it_is_said_in_french(actor: str, said: str) -> None:
    """The journal's actors have a French name."""
    assert said == words.actor_words(actor)
