"""States: the moves are closed and say why, and every reason speaks French to two readers."""

import re

import pytest

from shared.states import (
    DUE_STATUS,
    MOVES,
    SEEN_BY_PORTALS,
    SENTENCES,
    STEP_OF,
    Lane,
    Reason,
    Status,
    Step,
)

_ENDS = {Status.WITHDRAWN, Status.CLOSED}
_START = {Status.RECEIVED, Status.ESTIMATED}
_ENGLISH = re.compile(r"\b(the|and|of|is|not|application|please|waiting)\b", re.IGNORECASE)


def _reached_from(status: Status) -> set[Status]:
    reached, left = {status}, [status]
    while left:
        here = left.pop()
        news = {to for (frm, to) in MOVES if frm is here} - reached
        reached |= news
        left.extend(news)
    return reached


def test_every_move_says_why() -> None:
    """One plain clause, for the page and the console."""
    assert [] == [move for move, because in MOVES.items() if len(because) < 10]


def test_only_ends_are_left_by_nobody() -> None:
    """Withdrawn and closed are for ever; nothing else is a dead end."""
    assert _ENDS == set(Status) - {frm for frm, _ in MOVES}


def test_every_state_is_reached() -> None:
    """From an enrolment or an estimate, a path of moves leads to every state."""
    assert set(Status) == set().union(*(_reached_from(start) for start in _START))


def test_every_application_can_end() -> None:
    """From every state a path leads to a decision or to an end."""
    settled = {Status.DECIDED, *_ENDS}

    assert [] == [status for status in Status if not _reached_from(status) & settled]


def test_the_family_may_always_take_it_back() -> None:
    """From every state but the ends."""
    assert set(Status) - _ENDS == {frm for frm, to in MOVES if to is Status.WITHDRAWN}


def test_a_state_stays_only_for_a_later_try() -> None:
    """No other move leads back to where it began."""
    assert [(Status.RECEIVED, Status.RECEIVED)] == [move for move in MOVES if len(set(move)) == 1]


def test_a_machine_never_decides_what_a_person_must() -> None:
    """A decision comes from a priced application, or from a person's hand."""
    assert {Status.VERIFIED, Status.PROPOSED, Status.TO_REVIEW} == {
        frm for frm, to in MOVES if to is Status.DECIDED
    }


def test_each_step_has_its_state() -> None:
    """Every step is due in one state, and that state in that step only."""
    assert set(Step) == set(DUE_STATUS)
    assert {status: step for step, status in DUE_STATUS.items()} == STEP_OF


def test_names_are_those_of_the_record() -> None:
    """States in capitals, the rest in small letters: what is stored is never renamed lightly."""
    assert [status.name for status in Status] == list(Status)
    for kind in (Reason, Lane, Step):
        assert [one.name.lower() for one in kind] == list(kind)


def test_every_reason_has_sentences() -> None:
    """For the agent who settles and for the family who waits."""
    assert set(Reason) == set(SENTENCES)


@pytest.mark.parametrize("reason", Reason)
def test_sentences_are_whole_and_french(reason: Reason) -> None:
    """A capital, a full stop, a space before double punctuation, and no English."""
    said = SENTENCES[reason]
    for sentence in (said.agent, said.family):
        assert re.match(r"[A-ZÀÉÈÊÎÔ]", sentence)
        assert sentence.endswith(".")
        assert not _ENGLISH.search(sentence)
        assert not re.search(r"\S[?!;:]", sentence)


@pytest.mark.parametrize("reason", Reason)
def test_a_family_is_told_nothing_of_our_machinery(reason: Reason) -> None:
    """No token, code, error or queue; and never that the AEEH counted."""
    assert not re.search(
        r"jeton|habilitation|exploitation|AEEH|HTTP|\b[45]\d\d\b|file d’attente|erreur",
        SENTENCES[reason].family,
    )


def test_a_portal_is_never_told_of_a_disability() -> None:
    """The AEEH is health data: each reason that says so has another one for portals."""
    told = {SEEN_BY_PORTALS.get(reason, reason) for reason in Reason}

    assert [] == [reason for reason in told if "disability" in reason]
    assert {reason for reason in Reason if "disability" in reason} <= set(SEEN_BY_PORTALS)


def test_a_portal_is_never_told_whose_file_a_fee_rests_on() -> None:
    """That is between the parent who has the file and the agent."""
    assert Reason.AGENT_VALIDATES is SEEN_BY_PORTALS[Reason.OTHER_REPRESENTATIVE_FILE]
