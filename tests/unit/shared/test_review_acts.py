"""The words of review: each is read back from where it stands."""

from datetime import date

import pytest

from shared.protocol.reviewing.grounds import Acknowledged, Asked
from shared.review_acts import PIECES, Piece
from shared.scheme_rules import Silence, SilenceEffect


@pytest.mark.parametrize("effect", SilenceEffect)
def test_a_silence_rule_is_read_back(effect: SilenceEffect) -> None:
    """Its effect and its months, from one word."""
    rule = Acknowledged(Silence(effect=effect, months=4))

    assert f"{effect}:4" == rule.ground
    assert rule == Acknowledged.read(rule.ground)


def test_a_delay_is_read_back() -> None:
    """Its last day, from one word."""
    assert Asked(date(2027, 2, 1)) == Asked.read("until:2027-02-01")
    assert "until:2027-02-01" == Asked(date(2027, 2, 1)).ground


def test_every_piece_has_its_words() -> None:
    """A family reads them in a sentence."""
    assert list(Piece) == list(PIECES)
