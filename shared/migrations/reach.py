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
