"""What no file of the house may hold: it must stand alone, on any machine."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

_TEXT = {
    ".cfg", ".conf", ".css", ".editorconfig", ".gitattributes", ".gitignore", ".html", ".ini",
    ".js", ".json", ".lua", ".md", ".mako", ".py", ".service", ".sh", ".sql", ".svg", ".toml",
    ".txt", ".typ", ".yaml", ".yml", "",
}  # fmt: skip


def _lines(files: list[Path]) -> Iterator[tuple[Path, int, str]]:
    for path in files:
        if (path.suffix or path.name if path.name.startswith(".") else path.suffix) in _TEXT:
            text = path.read_text("utf-8")
            yield from ((path, number, line) for number, line in enumerate(text.splitlines(), 1))


@pytest.mark.parametrize(
    ("what", "pattern"),
    [
        ("a path of somebody's machine", r"(?<![\w.])/(?:work|root|home|Users|opt)/[\w.]"),
        ("a package registry", r"pypi[.]org|pythonhosted[.]|npmjs[.]|/simpl[e]\b"),
        ("an index of packages", r"--(?:extra-)?index-url|--find[-]links|^\s*index-url\s*="),
        ("a conflict left by a merge", r"^(?:<{7}|>{7}|={7}$)"),
        ("a bidirectional or zero-width control", "[\u200b\u202a-\u202e\u2066-\u2069\ufeff]"),
    ],
)
def test_no_file_holds(what: str, pattern: str, files: list[Path], root: Path) -> None:
    """No file names a machine, a registry or an index, nor keeps a merge's debris."""
    found = re.compile(pattern)

    assert [] == [
        f"{path.relative_to(root)}:{number}: {what}"
        for path, number, line in _lines(files)
        if found.search(line)
    ]


def test_only_known_kinds_of_files(files: list[Path], root: Path) -> None:
    """A kind of file that the guards cannot read is added to them on purpose, or not at all."""
    binary = {".png", ".pdf", ".woff2", ".ico"}
    known = _TEXT | binary | {".typed"}

    assert [] == [
        str(path.relative_to(root))
        for path in files
        if not path.name.startswith(".") and path.suffix not in known
    ]
