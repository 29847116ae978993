"""Planning: who is in a campaign, fixed when it starts and in one transaction.

Whoever starts it holds `alone` from the first look to the commit, so that two of them cannot take
the same scheme at once.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import Connection, Row, insert, text

from shared.campaigns import CampaignKind, CampaignState
from shared.sealing import WrappedKey
from shared.store.campaigns import CampaignRow

_PAGE = 500
_ALONE = text("SELECT pg_advisory_xact_lock(hashtextextended('berceau.campaigns', 0))")
_CODES = text("SELECT code FROM campaigns WHERE code = :code OR starts_with(code, :code || '-')")
_DECISION = """
    CROSS JOIN LATERAL (
        SELECT version, valid_from, kind FROM decisions
        WHERE application_id = a.id AND NOT proposed
        ORDER BY valid_from <= :on DESC, CASE WHEN valid_from <= :on THEN version END DESC,
                 valid_from, version DESC
        LIMIT 1
    ) d
"""  # the one that holds on the day, or else the first that begins after it
_OF_SCHEME = """
    a.scheme_id = :scheme AND a.status NOT IN ('WITHDRAWN', 'CLOSED')
    AND NOT EXISTS (
        SELECT FROM campaign_members m
        WHERE m.campaign_id = CAST(:rest_of AS uuid) AND m.application_id = a.id
          AND m.left_out IS NULL
    )
"""
_CARE = text(f"""
    SELECT a.id, a.sealed, k.ring_key, k.wrapped
    FROM applications a JOIN application_keys k ON k.application_id = a.id {_DECISION}
    WHERE {_OF_SCHEME} AND a.id > :after
    ORDER BY a.id LIMIT :page
""")  # noqa: S608 - constants
_ENROL = text(f"""
    INSERT INTO campaign_members (campaign_id, application_id, before_version, left_out)
    SELECT :campaign, a.id, d.version,
           CASE WHEN d.valid_from > :on AND NOT :upcoming THEN 'not_begun'
                WHEN a.id = ANY(:ended) THEN 'care_ended'
                WHEN d.kind = 'not_awarded' THEN 'aid_refused'
                WHEN NOT EXISTS (SELECT FROM application_keys k WHERE k.application_id = a.id)
                    THEN 'erased'
                WHEN a.status <> 'DECIDED' THEN 'in_hand'
           END
    FROM applications a {_DECISION}
    WHERE {_OF_SCHEME}
    ORDER BY a.id
""")  # noqa: S608 - constants
_TOUCHED = """
    SELECT DISTINCT ON (d.application_id) d.application_id, d.version
    FROM decisions d
    WHERE d.tariff_id = :tariff AND d.tariff_version = :version AND NOT d.proposed
      AND NOT EXISTS (
          SELECT FROM decisions y
          WHERE y.application_id = d.application_id AND NOT y.proposed
            AND y.version > d.version AND y.valid_from <= d.valid_from
      )
    ORDER BY d.application_id, d.valid_from
"""
_ENROL_TOUCHED = text(f"""
    INSERT INTO campaign_members (campaign_id, application_id, before_version, left_out)
    SELECT :campaign, a.id, d.version,
           CASE WHEN a.status = 'WITHDRAWN' THEN 'withdrawn'
                WHEN a.status = 'CLOSED' THEN 'closed'
                WHEN NOT EXISTS (SELECT FROM application_keys k WHERE k.application_id = a.id)
                    THEN 'erased'
                WHEN a.status <> 'DECIDED' THEN 'in_hand'
           END
    FROM applications a JOIN ({_TOUCHED}) d ON d.application_id = a.id
    WHERE a.authority_id = :authority
    ORDER BY a.id
""")  # noqa: S608 - constants
_COUNT = text("""
    UPDATE campaigns c SET total = (SELECT count(*) FROM campaign_members WHERE campaign_id = c.id)
    WHERE c.id = :campaign RETURNING c.total
""")


@dataclass(frozen=True, slots=True)
class Plan:
    """A campaign to be: of a scheme from a day on, or (both None) of what a tariff touched."""

    code: str
    authority: UUID
    kind: CampaignKind
    started_by: str  # command:<login>
    scheme: UUID | None = None
    effective_on: date | None = None
    tariff: tuple[str, str] | None = None  # id and wrong version
    drafts: bool = False


@dataclass(frozen=True, slots=True, repr=False)
class SealedCare:
    """An application whose end of care is yet to be read."""

    id: UUID
    sealed: bytes
    key: WrappedKey


def alone(connection: Connection) -> None:
    """Be the only one to start a campaign, until the end of the transaction."""
    connection.execute(_ALONE)


def free_code(connection: Connection, wanted: str) -> str:
    """The code, or with the first number from 2 on that nobody has; the caller is `alone`."""
    taken = set(connection.execute(_CODES, {"code": wanted}).scalars())
    numbered = (f"{wanted}-{n}" for n in range(2, len(taken) + 3))
    return next(code for code in (wanted, *numbered) if code not in taken)


def sealed_cares(
    connection: Connection, scheme: UUID, on: date, *, rest_of: UUID | None = None
) -> Iterator[list[SealedCare]]:
    """The applications of a scheme that have a decision, a page at a time."""
    values: dict[str, Any] = {"scheme": scheme, "on": on, "rest_of": rest_of, "page": _PAGE}
    after = UUID(int=0)
    while rows := connection.execute(_CARE, {**values, "after": after}).all():
        yield [_care(row) for row in rows]
        after = rows[-1].id


def start(
    connection: Connection,
    plan: Plan,
    *,
    ended: Sequence[UUID] = (),
    upcoming: bool = False,
    rest_of: UUID | None = None,
) -> tuple[UUID, int]:
    """Write the campaign and its members; the caller commits.

    Args:
        connection: in a transaction that is `alone`.
        plan: what is started.
        ended: applications whose care has ended before the day.
        upcoming: also take those whose first decision begins after the day, from its own day on.
        rest_of: a campaign whose members are not taken, but for those that it left out.

    Returns:
        Its id, and how many members it has, those left out included.
    """
    campaign = uuid4()
    connection.execute(insert(CampaignRow), _row(campaign, plan))
    if plan.tariff is None:
        values = {"scheme": plan.scheme, "on": plan.effective_on, "rest_of": rest_of}
        chosen = {"ended": list(ended), "upcoming": upcoming}
        connection.execute(_ENROL, {"campaign": campaign, **values, **chosen})
    else:
        tariff, version = plan.tariff
        touched = {"tariff": tariff, "version": version, "authority": plan.authority}
        connection.execute(_ENROL_TOUCHED, {"campaign": campaign, **touched})
    total: int = connection.execute(_COUNT, {"campaign": campaign}).scalar_one()
    return campaign, total


def _row(campaign: UUID, plan: Plan) -> dict[str, Any]:
    tariff, version = plan.tariff or (None, None)
    return {
        "id": campaign,
        "code": plan.code,
        "authority_id": plan.authority,
        "scheme_id": plan.scheme,
        "kind": plan.kind,
        "effective_on": plan.effective_on,
        "tariff_id": tariff,
        "tariff_version": version,
        "state": CampaignState.RUNNING,
        "drafts": plan.drafts,
        "total": 0,
        "started_by": plan.started_by,
    }


def _care(row: Row[Any]) -> SealedCare:
    return SealedCare(row.id, row.sealed, WrappedKey(row.ring_key, row.wrapped))
