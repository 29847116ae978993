"""Where the stack keeps its things."""

import os
import stat
from pathlib import Path

import pytest

from services.command.stack.account import Account
from services.command.stack.errors import StackError
from services.command.stack.home import Home, home_from

US = Account(os.geteuid(), os.getegid())


def test_the_environment_names_the_home(tmp_path: Path) -> None:
    """BERCEAU_HOME is the home, made absolute."""
    assert Home(tmp_path) == home_from({"BERCEAU_HOME": str(tmp_path)})


def test_the_home_is_here_by_default() -> None:
    """Without BERCEAU_HOME, or with an empty one, the home is `.berceau` in the current folder."""
    here = Home(Path.cwd() / ".berceau")
    assert [here, here] == [home_from({}), home_from({"BERCEAU_HOME": ""})]


def test_folders_are_closed_to_others(tmp_path: Path) -> None:
    """The home and its folders are 0700."""
    home = Home(tmp_path / "home")
    folder = home.folder("redis")
    assert [0o700, 0o700] == [stat.S_IMODE(path.stat().st_mode) for path in (home.path, folder)]


def test_a_folder_outside_is_found_again(tmp_path: Path) -> None:
    """The folder made outside for an account is recorded, closed, and the same the next time."""
    home = Home(tmp_path)
    folder = home.folder_of(US, "postgres")
    assert folder == home.folder_of(US, "postgres")
    assert (US.uid, 0o700) == (folder.stat().st_uid, stat.S_IMODE(folder.stat().st_mode))
    home.erase(US)
    assert [False, False] == [folder.exists(), home.path.exists()]


def test_a_link_is_not_followed(tmp_path: Path) -> None:
    """A recorded folder that became a link is refused, and erasing does not follow it."""
    home, elsewhere = Home(tmp_path / "home"), tmp_path / "elsewhere"
    elsewhere.mkdir(mode=0o700)
    folder = home.folder_of(US, "postgres")
    folder.rmdir()
    folder.symlink_to(elsewhere)
    with pytest.raises(StackError, match="devrait être un dossier fermé"):
        home.folder_of(US, "postgres")
    with pytest.raises(StackError):
        home.erase(US)
    folder.unlink()
    assert elsewhere.exists()


def test_an_open_folder_is_refused(tmp_path: Path) -> None:
    """A recorded folder that others can read is refused."""
    home = Home(tmp_path)
    folder = home.folder_of(US, "postgres")
    folder.chmod(0o755)
    with pytest.raises(StackError):
        home.folder_of(US, "postgres")
    folder.rmdir()


def test_somebody_elses_folder_is_refused(tmp_path: Path) -> None:
    """A recorded folder that another account owns is refused."""
    home = Home(tmp_path)
    folder = home.folder_of(US, "postgres")
    with pytest.raises(StackError):
        home.folder_of(Account(US.uid + 1, US.gid), "postgres")
    folder.rmdir()


def test_vanished_data_is_said(tmp_path: Path) -> None:
    """Data that disappeared is an error with its remedy, never an empty database."""
    home = Home(tmp_path)
    home.folder_of(US, "postgres").rmdir()
    with pytest.raises(StackError, match=r"a disparu.*supprimez .*postgres\.folder"):
        home.folder_of(US, "postgres")
