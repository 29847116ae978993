"""Where the embedded stack keeps its things.

    .berceau/             or BERCEAU_HOME; 0700
    ├── lock              held by the stack that runs here
    ├── families/         enrolments to try with, for `berceau up`
    ├── logs/             one file a process
    ├── secrets/          passwords of PostgreSQL, settings of Redis; files 0600
    ├── postgres/         its data, unless we are root
    ├── postgres.folder   as root: where its data is instead
    └── redis/

PostgreSQL refuses to run as root, and the unprivileged account that it then runs under may not be
able to reach the home; opening the parents of the home to it would be a breach. As root, its data
therefore stands in a folder of its own in /var/tmp, which outlives a reboot.
"""

import hashlib
import os
import shutil
import stat
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from services.command.stack.account import Account
from services.command.stack.errors import StackError

DEFAULT_NAME = ".berceau"
OUTSIDE = Path("/var/tmp")  # noqa: S108 - the folder made in it is random, 0700 and checked
_RECORD = ".folder"


@dataclass(frozen=True, slots=True)
class Home:
    """A home by its absolute path; nothing is created before it is asked for.

    What cannot stand in it is made in `outside`.
    """

    path: Path
    outside: Path = OUTSIDE

    @property
    def lock(self) -> Path:
        return self.path / "lock"

    @property
    def logs(self) -> Path:
        return self.folder("logs")

    def folder(self, name: str) -> Path:
        """Return a folder of this home, 0700, made when it is absent."""
        return _private(_private(self.path) / name)

    def folder_of(self, account: Account | None, name: str) -> Path:
        """Return a folder that belongs to `account`, outside the home; inside it when None.

        Raises:
            StackError: the folder outside has vanished, is a link, or is somebody else's.
        """
        if account is None:
            return self.folder(name)
        record = _private(self.path) / f"{name}{_RECORD}"
        if not record.exists():
            record.write_text(str(_made_outside(self, account)), encoding="utf-8")
        return _checked(Path(record.read_text(encoding="utf-8")), account, record=record)

    def erase(self, account: Account | None) -> None:
        """Remove the home and what it keeps outside, data included."""
        for record in self.path.glob(f"*{_RECORD}"):
            if account is not None:
                outside = Path(record.read_text(encoding="utf-8"))
                shutil.rmtree(_checked(outside, account, record=record))
        shutil.rmtree(self.path, ignore_errors=True)


def home_from(environ: Mapping[str, str]) -> Home:
    """Return the home that BERCEAU_HOME names, else `.berceau` in the current folder."""
    return Home(Path(environ.get("BERCEAU_HOME") or DEFAULT_NAME).absolute())


def _private(folder: Path) -> Path:
    if not folder.is_dir():
        folder.parent.mkdir(parents=True, exist_ok=True)
        folder.mkdir(mode=0o700, exist_ok=True)
    return folder


def _made_outside(home: Home, account: Account) -> Path:
    digest = hashlib.sha256(bytes(home.path)).hexdigest()[:12]
    folder = Path(tempfile.mkdtemp(prefix=f"berceau-{digest}-", dir=home.outside))
    os.chown(folder, account.uid, account.gid)
    return folder


def _checked(folder: Path, account: Account, *, record: Path) -> Path:
    try:
        seen = folder.lstat()
    except FileNotFoundError:
        raise StackError(
            f"Le dossier de données {folder} a disparu. Pour repartir de zéro, supprimez {record}."
        ) from None
    if not stat.S_ISDIR(seen.st_mode) or seen.st_uid != account.uid or seen.st_mode & 0o077:
        raise StackError(
            f"{folder} devrait être un dossier fermé du compte n° {account.uid} : "
            "il n'est pas utilisé."
        )
    return folder
