"""Logs stay within bounds."""

from pathlib import Path

from services.command.stack import logs


def test_a_writer_goes_on_in_the_emptied_log(tmp_path: Path) -> None:
    """A log beyond its limit is emptied, what it held is kept beside, its writer appends on."""
    log = tmp_path / "verifier.log"
    with log.open("ab", buffering=0) as writer:
        writer.write(b"x" * 11)
        logs.keep_within(log, limit=10)
        writer.write(b"next")
    assert (b"next", b"x" * 11) == (log.read_bytes(), (tmp_path / "verifier.log.1").read_bytes())


def test_a_short_log_is_left_alone(tmp_path: Path) -> None:
    """A log at its limit stays as it is."""
    log = tmp_path / "verifier.log"
    log.write_bytes(b"x" * 10)
    logs.keep_within(log, limit=10)
    assert [log] == list(tmp_path.iterdir())


def test_a_run_begins_with_an_empty_log(tmp_path: Path) -> None:
    """The log of the run before is kept beside."""
    log = tmp_path / "verifier.log"
    log.write_text("before")
    logs.begin(log)
    assert (False, "before") == (log.exists(), (tmp_path / "verifier.log.1").read_text())


def test_the_end_of_a_log_is_quoted(tmp_path: Path) -> None:
    """At most twelve lines, the last ones; none when there is no log."""
    log = tmp_path / "verifier.log"
    assert [] == logs.last_lines(log)
    log.write_text("\n".join(str(line) for line in range(5_000)))
    assert [str(line) for line in range(4_988, 5_000)] == logs.last_lines(log)
