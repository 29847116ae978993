"""The rights of the services' role, which every database of a cluster shares."""

from alembic import op

_ROLE = """
    DO $$ BEGIN
        CREATE ROLE berceau_services NOLOGIN;
    EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL;
    END $$
"""


def open_to_services(rights: str, tables: tuple[str, ...]) -> None:
    """Grant these rights on these tables; whatever is not granted stays closed."""
    op.execute(_ROLE)
    op.execute("GRANT USAGE ON SCHEMA public TO berceau_services")
    op.execute(f"GRANT {rights} ON {', '.join(tables)} TO berceau_services")
