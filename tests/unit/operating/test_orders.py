"""Orders: each has what it needs and nothing more; comments hold nothing about a family."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from shared.protocol.operating.orders import (
    LATEST_RETRY,
    LONGEST_COMMENT,
    Order,
    OrderError,
    Verb,
    read_comment,
    read_time,
)
from shared.states import Lane

_NOW = datetime(2026, 11, 26, 9, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("verb", "given", "field"),
    [
        (Verb.RETRY_AT, {}, "at"),
        (Verb.RETRY, {"at": _NOW}, "at"),
        (Verb.LANE, {}, "lane"),
        (Verb.RELEASE, {"lane": Lane.NOW}, "lane"),
        (Verb.CLOSE, {}, "ground"),
    ],
)
def test_an_order_has_what_it_needs(verb: Verb, given: dict[str, Any], field: str) -> None:
    """What lacks or is too much is named."""
    with pytest.raises(OrderError) as refused:
        Order(verb=verb, actor="command:essai", comment="essai", **given)

    assert field == refused.value.field


def test_a_comment_is_one_line() -> None:
    """Without the spaces of whoever typed it."""
    assert "jeton remplacé, on relance" == read_comment("  jeton remplacé,\n on  relance ")


@pytest.mark.parametrize(
    "comment",
    [
        "",
        "  \n",
        "x" * (LONGEST_COMMENT + 1),
        "rappeler au 06 12 34 56 78",
        "SPI 3012345678901",
        "écrire à famille@essai.fr",
    ],
)
def test_a_comment_is_short_and_nobody_s(comment: str) -> None:
    """Empty, too long, or with a telephone, a tax number, an address of mail: refused."""
    with pytest.raises(OrderError, match="comment"):
        read_comment(comment)


def test_a_time_is_to_come() -> None:
    """And not beyond some months."""
    assert _NOW + LATEST_RETRY == read_time(_NOW + LATEST_RETRY, _NOW)
    for wrong in (_NOW, _NOW + LATEST_RETRY + timedelta(seconds=1)):
        with pytest.raises(OrderError, match="une date à venir"):
            read_time(wrong, _NOW)
