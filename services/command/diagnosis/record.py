"""What PostgreSQL says of itself, asked as the services' login and in one read-only moment."""

import base64
import binascii
import json
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, Engine, RowMapping, text
from sqlalchemy.exc import ProgrammingError

from services.command.diagnosis.facts import Record, Right, Token
from shared.errors import SealingError
from shared.sealing import KeyRing
from shared.store.migrating import revisions
from shared.watching.reading import reading_only

APPEND_ONLY = ("verifications", "decisions", "journal", "seals")
_CLOCK = text("SELECT clock_timestamp()")
_SIZE = text("SELECT pg_database_size(current_database())")
_TOO_MANY = text("""
    SELECT closed.name || ' : ' || wrong.privilege
    FROM unnest(CAST(:tables AS text[])) closed(name)
    CROSS JOIN (VALUES ('UPDATE'), ('DELETE'), ('TRUNCATE')) wrong(privilege)
    WHERE has_table_privilege(closed.name, wrong.privilege)
       OR wrong.privilege = 'UPDATE' AND has_any_column_privilege(closed.name, wrong.privilege)
    ORDER BY 1
""")
_RING_KEYS = text("""
    SELECT ring_key, count(*) AS applications FROM application_keys GROUP BY ring_key
""")  # a pass over a narrow table: some 0.2 s at a million rows, and a person asked for it
_LOGS = text("""
    SELECT name, setting FROM pg_settings
    WHERE name IN ('log_min_error_statement', 'log_error_verbosity', 'log_parameter_max_length',
                   'log_parameter_max_length_on_error')
    ORDER BY name
""")
_RIGHTS = text("""
    SELECT code, recipient, sealed_token, token_expires_at FROM habilitations
    ORDER BY code LIMIT 1000
""")


def read_record(engine: Engine, ring: KeyRing | None) -> Record:
    """Ask the record for its facts.

    Raises:
        sqlalchemy.exc.SQLAlchemyError: when it is out of reach.
    """
    tables = revisions(engine)
    with reading_only(engine) as connection:
        asked = datetime.now(UTC)
        told: datetime = connection.execute(_CLOCK).scalar_one()
        skew = told - (asked + (datetime.now(UTC) - asked) / 2)
        size: int = connection.execute(_SIZE).scalar_one()
        logs = {row.name: row.setting for row in connection.execute(_LOGS)}
        try:
            found = _of_tables(connection, ring)
        except ProgrammingError:  # its tables are not those of this version: that is said
            found = {}
    return Record(tables, skew, size, told_by_logs=logs, **found)


def _of_tables(connection: Connection, ring: KeyRing | None) -> dict[str, Any]:
    too_many = connection.execute(_TOO_MANY, {"tables": list(APPEND_ONLY)}).scalars()
    return {
        "rights_too_many": tuple(too_many),
        "ring_keys": {row.ring_key: row.applications for row in connection.execute(_RING_KEYS)},
        "rights": tuple(_right(row, ring) for row in connection.execute(_RIGHTS).mappings()),
    }


def _right(row: RowMapping, ring: KeyRing | None) -> Right:
    token, ends_at = _look_into(row["sealed_token"], ring)
    return Right(row["code"], row["recipient"], token, ends_at or row["token_expires_at"])


def _look_into(sealed: bytes, ring: KeyRing | None) -> tuple[Token, datetime | None]:
    if ring is None:
        return Token.NOT_TRIED, None
    if sealed.partition(b"\0")[0].decode(errors="replace") not in ring.keys:
        return Token.KEY_MISSING, None
    try:
        return Token.OPENED, end_of_token(ring.open_secret(sealed))
    except (SealingError, UnicodeDecodeError):
        return Token.UNREADABLE, None


def end_of_token(token: str) -> datetime | None:
    """When a JWT ends (its `exp`, UTC), read without verifying it; None when it does not say.

    The provider alone can verify its token: here it is only read, to warn early.
    """
    parts = token.split(".")
    try:
        payload = parts[1] + "=" * (-len(parts[1]) % 4)
        return datetime.fromtimestamp(
            float(json.loads(base64.urlsafe_b64decode(payload))["exp"]), UTC
        )
    except (IndexError, binascii.Error, ValueError, KeyError, TypeError, OverflowError, OSError):
        return None
