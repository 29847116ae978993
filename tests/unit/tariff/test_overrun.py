"""Overruns and packages: published rules give their own examples, and hold at each threshold."""

from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from services.tariff.engine.overrun import Grace, OverrunRule, packaged_minutes

_CASES = Path(__file__).parents[2] / "cases"
Case = dict[str, Any]


def _read(name: str) -> list[Case]:
    cases: list[Case] = yaml.safe_load((_CASES / name).read_text(encoding="utf-8"))
    return cases


def _id(case: Case) -> str:
    return str(case["id"])


_RULES = _read("overruns.yaml")
_PACKAGES = _read("packages.yaml")

rules = st.integers(1, 120).flatmap(
    lambda block: st.builds(
        OverrunRule,
        block_minutes=st.just(block),
        grace_minutes=st.integers(0, block - 1),
        grace=st.sampled_from(Grace),
    )
)


def _rule(case: Case) -> OverrunRule:
    words = case["rule"]
    return OverrunRule(**{**words, "grace": Grace(words.get("grace", Grace.ONCE))})


@pytest.mark.parametrize("case", _RULES, ids=_id)
def test_an_overrun_is_billed_as_published(case: Case) -> None:
    """The page's own examples, and the minutes on either side of each threshold."""
    expected = case["minutes"] | case["edges"]

    assert expected == {minutes: _rule(case).billed_minutes(minutes) for minutes in expected}


@pytest.mark.parametrize("case", _PACKAGES, ids=_id)
def test_a_presence_takes_the_smallest_package_that_holds_it(case: Case) -> None:
    """Beyond the longest package, the presence itself is billed."""
    billed = {minutes: packaged_minutes(minutes, case["packages"]) for minutes in case["minutes"]}

    assert case["minutes"] == billed


@given(rules, st.integers(-60, 1000))
def test_a_longer_overrun_is_never_billed_less(rule: OverrunRule, minutes: int) -> None:
    """Billed minutes never fall, whole blocks only, and never cost a block more than was spent."""
    billed = rule.billed_minutes(minutes)

    assert billed <= rule.billed_minutes(minutes + 1)
    assert 0 == billed % rule.block_minutes
    assert billed < max(minutes, 0) + rule.block_minutes


@pytest.mark.parametrize(("block", "grace"), [(0, 0), (30, 30), (30, -1), (-5, 0)])
def test_a_rule_that_bills_nothing_is_refused(block: int, grace: int) -> None:
    """A block without minutes, or a grace as long as the block."""
    with pytest.raises(ValueError, match="one minute at least"):
        OverrunRule(block_minutes=block, grace_minutes=grace)
