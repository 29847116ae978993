"""Everywhere: whatever a running stack wrote, sent or shows, as text to look for secrets in."""

import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tests.integration.whole.conftest import Whole

_PS = ("/bin/ps", "axww", "-o", "args")  # where there is no /proc


def everywhere(whole: "Whole") -> dict[str, str]:
    """Each place of a running stack, and all that it holds."""
    home = whole.stack.home
    return {
        "logs": _text_of(home.logs),
        "redis": _everything_in_redis(whole) + _text_of(home.path / "redis"),
        "arguments": _arguments(),
        "database": _everything_in_the_database(whole),
    }


def _text_of(folder: Path) -> str:
    files = (file for file in folder.rglob("*") if file.is_file())
    return "\n".join(file.read_text(errors="replace") for file in files)


def _everything_in_redis(whole: "Whole") -> str:
    return "\n".join(repr(_content(whole, key)) for key in whole.redis.scan_iter()) + "." * 501


def _content(whole: "Whole", key: Any) -> object:
    readers: dict[Any, Callable[[Any], object]] = {
        b"string": whole.redis.get,
        b"hash": whole.redis.hgetall,
        b"list": lambda name: whole.redis.lrange(name, 0, -1),
        b"set": whole.redis.smembers,
        b"zset": lambda name: whole.redis.zrange(name, 0, -1, withscores=True),
    }
    return key, readers[whole.redis.type(key)](key)


def _arguments() -> str:
    """Of every process of this machine, as any user of it may read them."""
    processes = Path("/proc").glob("[0-9]*/cmdline")
    shown = "\n".join(_read(process) for process in processes)
    return shown or subprocess.run(_PS, capture_output=True, text=True, check=True).stdout


def _read(file: Path) -> str:
    try:
        return file.read_text(errors="replace").replace("\0", " ")
    except OSError:  # it has just ended
        return ""


def _everything_in_the_database(whole: "Whole") -> str:
    tables = whole.one(
        "SELECT string_agg(table_name, ' ') FROM information_schema.tables "
        "WHERE table_schema = 'public'"
    )
    return "\n".join(
        whole.one(f"SELECT string_agg(t::text, chr(10)) FROM {table} t") or ""  # noqa: S608
        for table in tables.split()
    )
