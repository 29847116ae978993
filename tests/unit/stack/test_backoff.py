"""When a process that ends is started again."""

from services.command.stack.backoff import Patience, Restarts

PATIENCE = Patience(first=1.0, longest=4.0, limit=4, window=60.0)


def test_pauses_double_up_to_the_longest() -> None:
    """Ends that follow each other are answered by pauses of 1, 2, 4 and again 4 seconds."""
    restarts = Restarts(PATIENCE)
    assert [101.0, 104.0, 109.0, 114.0] == [restarts.next(now) for now in (100, 102, 105, 110)]


def test_it_gives_up_after_the_limit() -> None:
    """The fifth end within the window is not followed by a restart."""
    restarts = Restarts(PATIENCE)
    assert None is [restarts.next(float(now)) for now in range(5)][-1]


def test_old_ends_are_forgotten() -> None:
    """Ends older than the window count no more: the pause is the first one again."""
    restarts = Restarts(PATIENCE)
    for now in range(4):
        restarts.next(float(now))
    assert 201.0 == restarts.next(200.0)
