"""The draws that every family comes from."""

from services.simulator.population.draws import Draws


def test_sequence_is_pinned() -> None:
    """The same seed and path give these very numbers, on any version of Python."""
    draws = Draws(7, 3, "adult")

    assert [65, 3, 32, 97, 98, 55] == [draws.below(100) for _ in range(6)]


def test_paths_are_independent() -> None:
    """Another seed, number or name is another stream."""
    streams = [Draws(7, 1, "a"), Draws(8, 1, "a"), Draws(7, 2, "a"), Draws(7, 1, "b")]

    first = {stream.below(10**9) for stream in streams}

    assert 4 == len(first)


def test_bounds_are_kept() -> None:
    """`between` reaches both its ends and never leaves them."""
    draws = Draws(1, "between")

    assert {3, 4, 5} == {draws.between(3, 5) for _ in range(200)}


def test_weights_are_kept() -> None:
    """An item of weight 0 is never drawn, and a heavy one is drawn more than a light one."""
    draws = Draws(1, "weights")

    drawn = [draws.weighted((("never", 0), ("light", 1), ("heavy", 9))) for _ in range(500)]

    assert {"light", "heavy"} == set(drawn)
    assert drawn.count("light") < drawn.count("heavy")


def test_shuffled_keeps_everything() -> None:
    """A shuffle loses nothing and doubles nothing."""
    items = tuple(range(200))

    shuffled = Draws(1, "shuffle").shuffled(items)

    assert items != shuffled
    assert items == tuple(sorted(shuffled))
