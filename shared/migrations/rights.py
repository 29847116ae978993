"""The rights of the services' role and of the screens' role, which a whole cluster shares.

The services see every row. The screens (the console, for somebody) see the rows of the authorities
in reach of whoever asks, as `shared.store.scoping` says at the start of each transaction.
"""

from alembic import op

_ROLE = """
    DO $$ BEGIN
        CREATE ROLE {role} NOLOGIN;
    EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL;
    END $$
"""
_POLICY = """
    DO $$ BEGIN
        CREATE POLICY {name} ON {table} FOR {command} TO {role} {rule};
    EXCEPTION WHEN duplicate_object THEN NULL;
    END $$
"""


def open_to_services(rights: str, tables: tuple[str, ...]) -> None:
    """Grant these rights on these tables; whatever is not granted stays closed."""
    _open("berceau_services", rights, tables)


def open_to_screens(rights: str, tables: tuple[str, ...]) -> None:
    """Idem for the screens; on a table with personal data, `rows_within` first."""
    _open("berceau_screens", rights, tables)


def rows_within(table: str) -> None:
    """Close a table row by row: to the services all are open, to the screens none is yet."""
    op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
    _policy(table, "services", "ALL", "berceau_services", "USING (true) WITH CHECK (true)")


def screens_see(table: str, rows: str, *, name: str = "screens_see") -> None:
    """Let the screens see the rows for which this SQL holds."""
    _policy(table, name, "SELECT", "berceau_screens", f"USING ({rows})")


def screens_change(table: str, rows: str, *, name: str = "screens") -> None:
    """Let the screens add, change and delete such rows, where a right on the table allows it."""
    screens_add(table, rows, name=name)
    for command, rule in (
        ("UPDATE", f"USING ({rows}) WITH CHECK ({rows})"),
        ("DELETE", f"USING ({rows})"),
    ):
        _policy(table, f"{name}_{command.lower()}", command, "berceau_screens", rule)


def screens_add(table: str, rows: str, *, name: str = "screens") -> None:
    """Let the screens add such rows."""
    _policy(table, f"{name}_insert", "INSERT", "berceau_screens", f"WITH CHECK ({rows})")


def _open(role: str, rights: str, tables: tuple[str, ...]) -> None:
    op.execute(_ROLE.format(role=role))
    op.execute(f"GRANT USAGE ON SCHEMA public TO {role}")
    op.execute(f"GRANT {rights} ON {', '.join(tables)} TO {role}")


def _policy(table: str, name: str, command: str, role: str, rule: str) -> None:
    given = {"table": table, "name": name, "command": command, "role": role, "rule": rule}
    op.execute(_POLICY.format(**given))
