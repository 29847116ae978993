"""Pages that run: the instrument itself, on pages that are right and on pages that lie."""

from pathlib import Path

import pytest

from tests.integration.following import Follow, agrees

_PAGE = """
Prose with a `$ command` that is none.

```console
$ greeting=hello
$ echo "$greeting world"
hello …
$ cat > note.txt <<'EOF'
one
two
EOF
$ cat note.txt; \\
    echo three
one
…
three
$ false
(exit 1)
```

<!-- not run: no such machine here -->

```console
$ exit 7
```

```python
$ neither is this
```
"""


def _write(tmp_path: Path, text: str) -> Path:
    page = tmp_path / "page.md"
    page.write_text(text)
    return page


def test_a_page_runs_in_one_session(follow: Follow, tmp_path: Path) -> None:
    """Variables and files last from one command to the next; what is marked is skipped."""
    steps = follow(_write(tmp_path, _PAGE), env={"PATH": "/usr/bin:/bin"}, cwd=tmp_path)

    assert [0, 0, 0, 0, 1] == [step.status for step in steps]
    assert "one\ntwo\n" == (tmp_path / "note.txt").read_text()


@pytest.mark.parametrize(
    ("was", "lies"),
    [
        ("hello …", "goodbye …"),
        ("three\n$ false", "four\n$ false"),
        ("(exit 1)", "(exit 2)"),
        ("$ greeting=hello", "$ no-such-command"),
    ],
)
def test_a_page_that_lies_is_told(follow: Follow, tmp_path: Path, was: str, lies: str) -> None:
    """With its line, what it shows and what was printed."""
    page = _write(tmp_path, _PAGE.replace(was, lies))

    with pytest.raises(AssertionError, match=r"page\.md:\d+"):
        follow(page, env={"PATH": "/usr/bin:/bin"}, cwd=tmp_path)


def test_a_command_that_hangs_ends_the_page(follow: Follow, tmp_path: Path) -> None:
    """Nothing waits for ever."""
    page = _write(tmp_path, "```console\n$ sleep 60\n```\n")

    with pytest.raises(AssertionError, match="never ended"):
        follow(page, env={"PATH": "/usr/bin:/bin"}, cwd=tmp_path, within_s=0.2)


@pytest.mark.parametrize(
    ("shown", "printed", "same"),
    [
        (("a…c",), "abc\n", True),
        (("a…c",), "a\nc\n", False),
        (("a", "…", "c"), "a\nc\n", True),
        (("a", "…", "c"), "a\nb\nb\nc\n", True),
        (("a",), "a\nb\n", False),
        (("a.b",), "axb\n", False),
    ],
)
def test_an_ellipsis_is_anything(shown: tuple[str, ...], printed: str, *, same: bool) -> None:
    """On its line; alone on a line, any lines; and nothing else is."""
    assert same == agrees(shown, printed)
