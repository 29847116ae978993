"""The migrations as text: each says what code it bears, and one that only widens does only that."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

_FROM = "0003"  # the first that had code running before it
_NARROWS = {
    *("drop_table", "drop_column", "drop_constraint", "rename_table"),
    *("create_check_constraint", "create_unique_constraint", "create_foreign_key"),
}
_DROPS = {"drop_table", "drop_column", "execute"}
_REFILLED = {"op.drop_table('compatibility')"}  # its one row comes from the migrations
_RENAMES = {"new_column_name", "new_table_name"}


def _migrations(root: Path) -> list[Path]:
    return sorted((root / "shared" / "migrations" / "versions").glob("v[0-9]*.py"))


def _constants(tree: ast.Module) -> dict[str, object]:
    """What the module gives a name to, as far as it is a plain value."""
    return {
        target.id: statement.value.value
        for statement in tree.body
        if isinstance(statement, ast.Assign) and isinstance(statement.value, ast.Constant)
        for target in statement.targets
        if isinstance(target, ast.Name)
    }


def test_revisions_are_four_digits_in_a_row(root: Path) -> None:
    """They compare as text, and a file is found by its number."""
    known = [_constants(ast.parse(path.read_text("utf-8"))) for path in _migrations(root)]
    numbers = [f"{number:04}" for number in range(1, len(known) + 1)]

    assert numbers == [one["revision"] for one in known]
    assert [None, *numbers[:-1]] == [one["down_revision"] for one in known]
    assert numbers == [path.name[1:5] for path in _migrations(root)]


def test_each_says_since_when_code_works_on_it(root: Path) -> None:
    """From 0003 on: an earlier revision after which nothing was narrowed, or its own."""
    for path in _migrations(root):
        said = _constants(ast.parse(path.read_text("utf-8")))
        if str(said["revision"]) >= _FROM:
            assert str(said["WORKS_FROM"]) <= str(said["revision"]), path.name


def test_one_that_bears_earlier_code_only_widens(root: Path) -> None:
    """No drop, no rename, no new constraint, no NOT NULL without a default, on the way up."""
    for path in _migrations(root):
        tree = ast.parse(path.read_text("utf-8"))
        said = _constants(tree)
        if str(said["revision"]) >= _FROM and said["WORKS_FROM"] != said["revision"]:
            assert [] == list(_narrowings(tree)), path.name


def test_the_way_down_keeps_what_was_entered(root: Path) -> None:
    """From 0003 on it drops nothing that a person or a service fills: old code passes over it."""
    for path in _migrations(root):
        tree = ast.parse(path.read_text("utf-8"))
        if str(_constants(tree)["revision"]) >= _FROM:
            assert _REFILLED >= set(_dropped_on_the_way_down(tree)), path.name


def _dropped_on_the_way_down(tree: ast.Module) -> Iterator[str]:
    for function in tree.body:
        if isinstance(function, ast.FunctionDef) and function.name == "downgrade":
            for node in ast.walk(function):
                if isinstance(node, ast.Call) and _name(node) in _DROPS:
                    yield ast.unparse(node)


@pytest.mark.parametrize(
    "line",
    [
        'op.drop_column("applications", "trace")',
        'op.drop_table("journal")',
        'op.rename_table("journal", "lines")',
        'op.alter_column("portals", "name", new_column_name="title")',
        'op.alter_column("portals", "name", nullable=False)',
        'op.alter_column("portals", "name", type_=sa.Integer())',
        'op.add_column("portals", sa.Column("colour", sa.Text(), nullable=False))',
        'op.create_unique_constraint("one", "portals", ["name"])',
        'op.execute("ALTER TABLE portals DROP COLUMN name")',
        'op.execute("ALTER TABLE portals ALTER name SET NOT NULL")',
        'op.execute("REVOKE SELECT ON portals FROM berceau_services")',
    ],
)
def test_what_narrows_is_seen(line: str) -> None:
    """In a room of the way up too; the way down may narrow."""
    up = ast.parse(f"def upgrade():\n    _room()\n\ndef _room():\n    {line}\n")
    down = ast.parse(f"def upgrade():\n    pass\n\ndef downgrade():\n    {line}\n")

    assert (True, False) == (bool(list(_narrowings(up))), bool(list(_narrowings(down))))


def _narrowings(tree: ast.Module) -> Iterator[str]:
    """The calls on the way up after which older code may fail."""
    for function in tree.body:
        if isinstance(function, ast.FunctionDef) and function.name != "downgrade":
            created = _inside(function, "create_table")
            for node in ast.walk(function):
                if isinstance(node, ast.Call) and node not in created and _narrows(node):
                    yield ast.unparse(node)


def _inside(function: ast.FunctionDef, name: str) -> set[ast.AST]:
    """All that stands in calls of this name: a new table may be as strict as it likes."""
    calls = (node for node in ast.walk(function) if isinstance(node, ast.Call))
    return {part for call in calls if _name(call) == name for part in ast.walk(call)}


def _narrows(call: ast.Call) -> bool:
    named = {keyword.arg: ast.unparse(keyword.value) for keyword in call.keywords}
    match _name(call):
        case "execute":
            return any(word in ast.unparse(call).upper() for word in _SQL)
        case "alter_column":
            return bool(named.keys() & {*_RENAMES, "type_"}) or named.get("nullable") == "False"
        case "Column":
            return named.get("nullable") == "False" and "server_default" not in named
        case name:
            return name in _NARROWS


_SQL = ("DROP ", "RENAME ", "SET NOT NULL", "REVOKE ", " TYPE ")


def _name(call: ast.Call) -> str:
    return call.func.attr if isinstance(call.func, ast.Attribute) else ast.unparse(call.func)
