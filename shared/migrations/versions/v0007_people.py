"""People: who may sign in at the console, their sessions, what they looked at, what they reach.

It only widens (expand): the services see every row as before, code of revision 0002 works on it
unchanged, and the way down keeps it all. The screens' role, which the console steps down to, sees
the rows of the authorities in reach of whoever asks (`shared.migrations.reach`).
"""

import sqlalchemy as sa
from alembic import op

from shared.migrations import reach, rights

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

WORKS_FROM = "0002"
_MOMENT = sa.DateTime(timezone=True)
_NOW = sa.text("now()")
_SIGNING_IN = ("web_sessions", "sign_in_links", "sign_in_requests", "sign_in_tries")
_BY_AUTHORITY = {  # tables whose rows are an authority's, and how one knows
    "authorities": reach.own("id"),
    "structures": reach.own(),
    "habilitations": reach.own(),
    "schemes": reach.own(),
    "portals": reach.own(),
    "tariffs": reach.own(),
    "campaigns": reach.own(),
    "applications": reach.own(),
    "application_keys": reach.of_own("applications", "application_id"),
    "verifications": reach.of_own("applications", "application_id"),
    "decisions": reach.of_own("applications", "application_id"),
    "reviews": reach.of_own("applications", "application_id"),
    "journal": reach.of_own("applications", "application_id"),
    "campaign_members": reach.of_own("campaigns", "campaign_id"),
    "events": reach.of_own("portals", "portal_id"),
    "deliveries": reach.of_own("portals", "portal_id"),
}
_ADDED_TO = ("journal", "reviews", "decisions", "events")  # by people's acts
_CHANGED = ("applications", "deliveries", "campaigns", "campaign_members", "portals")
_EVERYBODY_S = ("workers", "seals", "changes", "compatibility", "event_clock", "alembic_version")
_TRUSTED = "role IN ('agent', 'supervisor')"  # whom a supervisor may make and unmake
_MANAGED = (
    f"(({reach.as_role('ops')} OR ({reach.as_role('supervisor')} AND {_TRUSTED}))"
    f" AND {reach.within('authorities')})"
)
_AT_THE_DOOR = reach.as_role("door")


def upgrade() -> None:
    reach.make_functions()
    _people()
    _sessions()
    _signing_in()
    _accesses()
    colour = sa.Column("colour", sa.Text(), nullable=True)
    op.add_column("authorities", colour, if_not_exists=True)
    _open_to_services()
    _open_to_screens()
    for table, rows in _BY_AUTHORITY.items():
        rights.rows_within(table)
        rights.screens_see(table, rows)
    for table in _ADDED_TO:
        rights.screens_add(table, f"{reach.ACTS} AND {_BY_AUTHORITY[table]}")
    for table in _CHANGED:
        rights.screens_change(table, f"{reach.ACTS} AND {_BY_AUTHORITY[table]}")
    _rows_of_switches()
    _rows_of_people()
    row = sa.table("compatibility", sa.column("works_from", sa.Text()))
    op.execute(row.update().values(works_from=WORKS_FROM))


def downgrade() -> None:
    """Nothing: columns, rows and policies stay, and code of 0006 does not see them."""


def _open_to_services() -> None:
    rights.open_to_services("SELECT, INSERT, UPDATE", ("people", *_SIGNING_IN))
    rights.open_to_services("DELETE", _SIGNING_IN)
    rights.open_to_services("SELECT, INSERT", ("accesses",))


def _open_to_screens() -> None:
    rights.open_to_screens("SELECT", (*_BY_AUTHORITY, *_EVERYBODY_S, "switches", "people"))
    rights.open_to_screens("INSERT", (*_ADDED_TO, "deliveries", "campaigns", "campaign_members"))
    rights.open_to_screens("UPDATE", _CHANGED)
    rights.open_to_screens("INSERT, UPDATE", ("people",))
    rights.open_to_screens("INSERT, UPDATE, DELETE", ("switches",))
    rights.open_to_screens("SELECT, INSERT, UPDATE, DELETE", _SIGNING_IN)
    rights.open_to_screens("SELECT, INSERT", ("accesses",))


def _rows_of_switches() -> None:
    rights.rows_within("switches")
    rights.screens_see("switches", "true")
    rights.screens_change("switches", reach.as_role("ops"))


def _rows_of_people() -> None:
    for table in ("people", "accesses", *_SIGNING_IN):
        rights.rows_within(table)
    rights.screens_see("people", f"{_AT_THE_DOOR} OR id = {reach.SELF} OR {_MANAGED}")
    rights.screens_change("people", f"{_AT_THE_DOOR} OR {_MANAGED}")
    for table in ("web_sessions", "sign_in_links"):
        theirs = "EXISTS (SELECT FROM people one WHERE one.id = person_id)"
        rights.screens_see(table, f"{_AT_THE_DOOR} OR {theirs}")
        rights.screens_change(table, f"{_AT_THE_DOOR} OR {theirs}")
    for table in ("sign_in_requests", "sign_in_tries"):
        rights.screens_see(table, _AT_THE_DOOR)
        rights.screens_change(table, _AT_THE_DOOR)
    looked_into = f"({reach.as_role('dpo')} AND {reach.own()})"
    rights.screens_see("accesses", f"person_id = {reach.SELF} OR {looked_into}")
    rights.screens_add("accesses", f"person_id = {reach.SELF}")


def _people() -> None:
    op.create_table(
        "people",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("login", sa.Text(), nullable=False),
        sa.Column("issuer", sa.Text(), nullable=True),
        sa.Column("subject", sa.Text(), nullable=True),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("authorities", sa.ARRAY(sa.Uuid()), nullable=True),
        sa.Column("password_hash", sa.Text(), nullable=True),
        sa.Column("created_at", _MOMENT, server_default=_NOW, nullable=False),
        sa.Column("created_by", sa.Text(), nullable=False),
        sa.Column("disabled_at", _MOMENT, nullable=True),
        sa.Column("disabled_by", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_people")),
        sa.UniqueConstraint("login", name=op.f("uq_people_login")),
        sa.UniqueConstraint("issuer", "subject", name=op.f("uq_people_issuer_subject")),
        if_not_exists=True,
    )


def _sessions() -> None:
    op.create_table(
        "web_sessions",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("token_hash", sa.LargeBinary(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("means", sa.Text(), nullable=False),
        sa.Column("csrf_secret", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", _MOMENT, server_default=_NOW, nullable=False),
        sa.Column("seen_at", _MOMENT, server_default=_NOW, nullable=False),
        sa.Column("expires_at", _MOMENT, nullable=False),
        sa.Column("notice", sa.Text(), nullable=True),
        sa.Column("id_token", sa.Text(), nullable=True),
        *_of_a_person("web_sessions"),
        if_not_exists=True,
    )
    op.create_index("ix_web_sessions_person_id", "web_sessions", ["person_id"], if_not_exists=True)


def _of_a_person(table: str) -> tuple[sa.Constraint, ...]:
    """What sessions and links have alike: an id, one token, a person."""
    person = f"fk_{table}_person_id"
    return (
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
        sa.UniqueConstraint("token_hash", name=op.f(f"uq_{table}_token_hash")),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f(person)),
    )


def _signing_in() -> None:
    op.create_table(
        "sign_in_links",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("token_hash", sa.LargeBinary(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("created_at", _MOMENT, server_default=_NOW, nullable=False),
        sa.Column("created_by", sa.Text(), nullable=False),
        sa.Column("expires_at", _MOMENT, nullable=False),
        sa.Column("used_at", _MOMENT, nullable=True),
        *_of_a_person("sign_in_links"),
        if_not_exists=True,
    )
    op.create_table(
        "sign_in_requests",
        sa.Column("state_hash", sa.LargeBinary(), nullable=False),
        sa.Column("visit_hash", sa.LargeBinary(), nullable=False),
        sa.Column("nonce", sa.Text(), nullable=False),
        sa.Column("verifier", sa.Text(), nullable=False),
        sa.Column("back_to", sa.Text(), nullable=False),
        sa.Column("expires_at", _MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("state_hash", name=op.f("pk_sign_in_requests")),
        if_not_exists=True,
    )
    op.create_table(
        "sign_in_tries",
        sa.Column("key", sa.LargeBinary(), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("last_at", _MOMENT, nullable=False),
        sa.Column("blocked_until", _MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_sign_in_tries")),
        if_not_exists=True,
    )
    for table, column in (
        ("sign_in_links", "person_id"),
        ("sign_in_requests", "expires_at"),
        ("sign_in_tries", "last_at"),
    ):
        op.create_index(f"ix_{table}_{column}", table, [column], if_not_exists=True)


def _accesses() -> None:
    op.create_table(
        "accesses",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("at", _MOMENT, server_default=_NOW, nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("act", sa.Text(), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("authority_id", sa.Uuid(), nullable=True),
        sa.Column("application_id", sa.Uuid(), nullable=True),
        sa.Column("sought", sa.LargeBinary(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_accesses")),
        *(
            sa.ForeignKeyConstraint([column], [to], name=op.f(f"fk_accesses_{column}"))
            for column, to in (
                ("person_id", "people.id"),
                ("authority_id", "authorities.id"),
                ("application_id", "applications.id"),
            )
        ),
        if_not_exists=True,
    )
    for who in ("person_id", "authority_id"):
        op.create_index(f"ix_accesses_{who}_at", "accesses", [who, "at"], if_not_exists=True)
