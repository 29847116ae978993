"""The page of authorisations: it prints the matrix, whole."""

import re
from pathlib import Path

from services.console.matrix import Row
from services.console.room import every_room
from shared.roles import Role

_ROWS = [row for room in every_room() for row in room.rows]


def _told(root: Path) -> list[tuple[str, ...]]:
    page = (root / "docs" / "reference" / "authorisations.md").read_text("utf-8")
    lines = re.findall(r"^\| (.+) \|$", page, re.MULTILINE)
    return [
        tuple(cell.strip() for cell in line.split(" | ")) for line in lines if line.startswith("`")
    ]


def _line(row: Row) -> tuple[str, ...]:
    roles = [role.value for role in Role if row.roles and role in row.roles]
    who = "anyone" if row.roles is None else ", ".join(roles) or "—"
    return (f"`{row.verb} {row.path}`", who, row.reach.value)


def test_the_page_is_the_matrix(root: Path) -> None:
    """One line for each row, by path and verb."""
    rows = sorted(_ROWS, key=lambda row: (row.path, row.verb))

    assert [_line(row) for row in rows] == _told(root)
