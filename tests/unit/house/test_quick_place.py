"""The place in memory where tests keep their database."""

import os
import stat
import subprocess
import sys
from pathlib import Path

from tests.quick_place import quick_place


def test_a_place_is_made_and_removed_with_all_it_holds(tmp_path: Path) -> None:
    """Others may pass through it and see nothing; afterwards nothing is left."""
    with quick_place(memory=tmp_path, room=1) as place:
        assert place is not None
        (place / "data").mkdir()
        mode = stat.S_IMODE(place.stat().st_mode)

    assert (0o711, []) == (mode, list(tmp_path.iterdir()))


def test_where_memory_is_short_there_is_none(tmp_path: Path) -> None:
    """Nor where it is no folder: a disk is as good, and slower."""
    with quick_place(memory=tmp_path, room=2**60) as short:
        pass
    with quick_place(memory=tmp_path / "absent", room=1) as absent:
        pass

    assert (None, None, []) == (short, absent, list(tmp_path.iterdir()))


def test_what_a_killed_run_left_is_removed_and_nothing_else(tmp_path: Path) -> None:
    """Another run that is under way keeps its own, and so does whoever else writes there."""
    over = subprocess.Popen([sys.executable, "-c", ""])
    over.wait()
    left, kept, other = (
        tmp_path / name
        for name in (
            f"berceau-tests-{over.pid}",
            f"berceau-tests-{os.getppid()}",
            "berceau-tests-x",
        )
    )
    for folder in (left, kept, other):
        (folder / "data").mkdir(parents=True)
    with quick_place(memory=tmp_path, room=1):
        pass

    assert [False, True, True] == [folder.exists() for folder in (left, kept, other)]


def test_a_number_that_comes_again_is_no_hindrance(tmp_path: Path) -> None:
    """What a run of our own number left is removed as well."""
    left = tmp_path / f"berceau-tests-{os.getpid()}" / "data"
    left.mkdir(parents=True)
    with quick_place(memory=tmp_path, room=1) as place:
        assert (left.parent, []) == (place, list(left.parent.iterdir()))
