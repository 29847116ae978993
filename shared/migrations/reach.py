"""Reach: SQL that holds for the rows that whoever asks may see or change.

What a transaction said of itself (`shared.store.scoping`) is read once a query: hence `(SELECT …)`.
Unsaid, every condition is false.
"""

from alembic import op

_SAID = "NULLIF(current_setting('berceau.{name}', true), '')"
_FUNCTIONS = {
    "berceau_role() RETURNS text": _SAID.format(name="role"),
    "berceau_person() RETURNS uuid": f"CAST({_SAID.format(name='person')} AS uuid)",
    "berceau_everywhere() RETURNS boolean": (
        f"COALESCE({_SAID.format(name='authorities')} = '*', false)"
    ),
    "berceau_authorities() RETURNS uuid[]": (
        f"CAST(string_to_array(NULLIF({_SAID.format(name='authorities')}, '*'), ',') AS uuid[])"
    ),
}
EVERYWHERE = "(SELECT berceau_everywhere())"
_AUTHORITIES = "CAST((SELECT berceau_authorities()) AS uuid[])"
SELF = "(SELECT berceau_person())"


def make_functions() -> None:
    """What a transaction said of itself, as functions that policies call."""
    for signature, body in _FUNCTIONS.items():
        op.execute(
            f"CREATE OR REPLACE FUNCTION {signature} LANGUAGE sql STABLE PARALLEL SAFE "
            f"AS $$ SELECT {body} $$"
        )


_FINDINGS = f"""
    CREATE OR REPLACE FUNCTION berceau_found_by_name(wanted bigint[], most int)
    RETURNS SETOF uuid LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
        SELECT n.application_id FROM name_tokens n JOIN applications a ON a.id = n.application_id
        WHERE n.tokens && wanted AND ({EVERYWHERE} OR a.authority_id = ANY ({_AUTHORITIES}))
        LIMIT most
    $$;
    CREATE OR REPLACE FUNCTION berceau_names_of(people uuid[])
    RETURNS TABLE (id uuid, name text) LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path = public, pg_temp AS $$
        SELECT one.id, one.name FROM people one WHERE one.id = ANY (people)
    $$;
    REVOKE ALL ON FUNCTION berceau_found_by_name(bigint[], int), berceau_names_of(uuid[])
    FROM PUBLIC;
    GRANT EXECUTE ON FUNCTION berceau_found_by_name(bigint[], int), berceau_names_of(uuid[])
    TO berceau_screens
"""  # noqa: S608  # conditions of our own


def make_findings() -> None:
    """What the screens find without a right on the tables: whom a name means, who a person is.

    Their owner looks, so that the index of names serves: a policy would come before it, and look at
    every row. The first keeps to the authorities in reach; without a scope it finds nobody.
    """
    op.execute(_FINDINGS)


def as_role(*roles: str) -> str:
    """Whoever asks is one of these."""
    named = ", ".join(f"'{role}'" for role in roles)
    return f"(SELECT berceau_role()) IN ({named})"


ACTS = as_role("agent", "supervisor", "ops")


def own(column: str = "authority_id") -> str:
    """The authority in this column is in reach."""
    return f"({EVERYWHERE} OR {column} = ANY ({_AUTHORITIES}))"


def within(column: str) -> str:
    """All authorities of the list in this column are in reach; a null list is every one."""
    return f"({EVERYWHERE} OR ({column} IS NOT NULL AND {column} <@ {_AUTHORITIES}))"


def of_own(parent: str, column: str) -> str:
    """The row of the parent table that this column names is seen."""
    return f"({EVERYWHERE} OR EXISTS (SELECT FROM {parent} one WHERE one.id = {column}))"
