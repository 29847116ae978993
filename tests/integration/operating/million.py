"""A million applications in the record: six authorities, every state, answers and tries."""

from typing import TYPE_CHECKING

from sqlalchemy import text

if TYPE_CHECKING:
    from tests.integration.conftest import Record

HOW_MANY = 1_000_000
_TOWNS = ("nimes", "alet", "uzes", "dax", "sete")
_PARTIES = text("""
    CREATE TEMPORARY TABLE parties AS
    SELECT row_number() OVER (ORDER BY t.code = 'arles' DESC, t.code) - 1 AS place,
           t.id AS authority_id, p.id AS portal_id, s.id AS scheme_id, s.habilitation_id,
           e.id AS structure_id
    FROM authorities t JOIN portals p ON p.authority_id = t.id
    JOIN schemes s ON s.authority_id = t.id JOIN structures e ON e.authority_id = t.id
""")
_CAMPAIGN = text("""
    INSERT INTO campaigns (id, code, authority_id, kind, state, total, started_by)
    SELECT gen_random_uuid(), 'janvier', authority_id, 'repricing', 'finished', 1, 'test'
    FROM parties WHERE place = 0
""")
_APPLICATIONS = text("""
    INSERT INTO applications (
        id, reference, authority_id, portal_id, scheme_id, structure_id, habilitation_id,
        same_application, sealed, status, reason, lane, received_at, moved_at, due_at, attempts,
        starts, campaign_id, last_outcome
    )
    SELECT gen_random_uuid(), 'M-' || n, p.authority_id, p.portal_id, p.scheme_id, p.structure_id,
           p.habilitation_id, int8send(n), '\\x00', kind.status, kind.reason,
           CASE WHEN n % 3 = 0 THEN 'bulk' ELSE 'now' END,
           now() - n * interval '40 seconds', now() - n * interval '40 seconds' + interval '1 h',
           CASE kind.status WHEN 'RECEIVED' THEN now() - interval '1 minute'
                            WHEN 'PARKED' THEN now() + interval '1 day' END,
           CASE WHEN kind.reason = 'provider_unavailable' THEN 1 + n % 12 ELSE 0 END,
           CASE kind.status WHEN 'QUARANTINED' THEN 5 ELSE 0 END,
           CASE WHEN n % 97 = 0 AND p.place = 0 THEN (SELECT id FROM campaigns LIMIT 1) END,
           kind.outcome
    FROM generate_series(1, :how_many) AS n
    JOIN parties p ON p.place = CASE WHEN n % 5000 = 0 THEN 5 WHEN n % 4 = 0 THEN 1 + n / 4 % 4
                                     ELSE 0 END
    JOIN LATERAL (
        SELECT * FROM (VALUES
            (4999, 'QUARANTINED', 'never_finished', NULL),
            (499, 'RECEIVED', 'provider_unavailable', 'Unavailable'),
            (199, 'RECEIVED', NULL, NULL),
            (101, 'TO_REVIEW', 'not_identified', 'NotIdentified'),
            (103, 'TO_REVIEW', 'inconsistent', 'Inconsistent'),
            (53, 'PARKED', 'no_file', 'NoFile'),
            (47, 'PROPOSED', 'agent_validates', 'Certified'),
            (1, 'DECIDED', NULL, 'Certified')
        ) AS kinds(every, status, reason, outcome)
        WHERE n % every = 0 LIMIT 1
    ) kind ON true
""")
_NAMES = text("""
    INSERT INTO name_tokens (application_id, version, tokens)
    SELECT id, 1, ARRAY[hashint8extended(row_number() OVER () / 3, 1),
                        hashint8extended(row_number() OVER () / 40, 2),
                        hashint8extended(row_number() OVER (), 3)]
    FROM applications
""")


def plant(record: "Record") -> None:
    """Load the tables as their owner, and have the planner know them."""
    for code in _TOWNS:
        record.found_another(code)
    with record.owner.begin() as connection:
        connection.execute(text("SET LOCAL statement_timeout = 0"))
        connection.execute(_PARTIES)
        connection.execute(_CAMPAIGN)
        connection.execute(_APPLICATIONS, {"how_many": HOW_MANY})
        connection.execute(_NAMES)
    with record.owner.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("SET statement_timeout = 0"))
        connection.execute(text("VACUUM ANALYZE"))
