"""Scoping: whom the record is read for, said to PostgreSQL at the start of each transaction.

PostgreSQL then shows the rows of the authorities in reach and no others (row-level security): a
query that forgets its `WHERE` shows nobody else's. Each transaction steps down to the role of the
screens, whichever login opened it; without a scope that role sees no row at all.
"""

from sqlalchemy import Connection, Engine, event, text

from shared.roles import EVERY_AUTHORITY, Scope

SCREENS = "berceau_screens"
_OPTION = "berceau_scope"
_STEP_DOWN = f"SET LOCAL ROLE {SCREENS}"
_SAY = text("""
    SELECT set_config('berceau.role', :role, true),
           set_config('berceau.authorities', :authorities, true),
           set_config('berceau.person', :person, true)
""")


def heed_scopes(engine: Engine) -> Engine:
    """Have every transaction of this engine, and of those that `seen_by` makes of it, scoped."""
    event.listen(engine, "begin", _announce)
    return engine


def seen_by(engine: Engine, scope: Scope) -> Engine:
    """The same engine and the same pool, as this scope sees the record."""
    return engine.execution_options(**{_OPTION: scope})


def _announce(connection: Connection) -> None:
    connection.exec_driver_sql(_STEP_DOWN)
    scope = connection.get_execution_options().get(_OPTION)
    if scope is not None:
        connection.execute(_SAY, _said(scope))


def _said(scope: Scope) -> dict[str, str]:
    reach = EVERY_AUTHORITY
    if scope.authorities is not None:
        reach = ",".join(sorted(map(str, scope.authorities)))
    person = "" if scope.person is None else str(scope.person)
    return {"role": scope.role, "authorities": reach, "person": person}
