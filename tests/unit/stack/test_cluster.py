"""A pid file left by a dead PostgreSQL, and one of a server that lives."""

import os
import socket
from pathlib import Path

import pytest

from services.command.stack import cluster
from services.command.stack.errors import InUseError
from services.command.stack.ports import HOST, reserve


def _note(data: Path, port: int, state: str = "ready   ") -> Path:
    file = data / "postmaster.pid"
    file.write_text(f"{os.getpid()}\n{data}\n1780000000\n{port}\n\n{HOST}\n 1 2\n{state}\n")
    return file


def test_a_stale_pid_file_is_removed(tmp_path: Path) -> None:
    """The number may be a living process's: the port that nobody answers on tells."""
    file = _note(tmp_path, reserve().release())
    cluster.clear_stale_pid(tmp_path)
    assert not file.exists()


def test_a_living_server_is_named(tmp_path: Path) -> None:
    """A server that answers is not started over: the error names it, its pid file stays."""
    with socket.create_server((HOST, 0)) as server:
        port = server.getsockname()[1]
        file = _note(tmp_path, port)
        with pytest.raises(InUseError, match=rf"processus {os.getpid()}, port {port}\) tourne"):
            cluster.clear_stale_pid(tmp_path)
    assert file.exists()


@pytest.mark.parametrize("text", ["", "12", "12\n/data\n"])
def test_a_torn_pid_file_is_removed(tmp_path: Path, text: str) -> None:
    """A pid file cut short by a full disk or a power failure does not prevent the start."""
    file = tmp_path / "postmaster.pid"
    file.write_text(text)
    cluster.clear_stale_pid(tmp_path)
    assert not file.exists()


def test_readiness_is_what_the_server_notes(tmp_path: Path) -> None:
    """Neither an absent pid file nor one of a starting server is ready."""
    assert not cluster.says_ready(tmp_path)
    _note(tmp_path, 1, "starting")
    assert not cluster.says_ready(tmp_path)
    _note(tmp_path, 1)
    assert cluster.says_ready(tmp_path)
