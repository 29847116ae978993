"""What the warden has to end."""

from services.command.stack import warden


def test_it_ends_what_has_not_ended_by_itself() -> None:
    """Groups announced and not withdrawn are left, with their signals; other lines are nothing."""
    orders = ["+ 12 15\n", "+ 13 2\n", "- 12\n", "- 99\n", "\n", "+ 14 15\n"]
    assert {13: 2, 14: 15} == warden.listen(orders)


def test_a_signal_to_nobody_is_no_error() -> None:
    """Ending groups that are gone already ends at once."""
    warden.end({2**22 + 1: 15})
