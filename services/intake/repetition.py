"""Repetition: the same request twice, and the same application twice, are answered once.

Two nets, for a portal may repeat itself with the key that it promised, or a family by another
button: `Idempotency-Key` names a request, the blind index names a child, an applicant, a scheme
and a period of one portal.
"""

import re
from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import Connection, text

from services.intake.portals import Portal
from services.intake.problems import refusal
from services.intake.receipts import Receipt
from services.intake.stages import Handed
from services.intake.wanted import Wanted
from services.intake.wordings import Kind
from shared.civil_status import CivilStatus, folded
from shared.pre_registration import PreRegistration
from shared.sealing import KeyRing

_KEY = re.compile(r"[\x21-\x7e]{1,255}\Z")
_RECALL = text("""
    SELECT i.body_mac, a.reference, a.received_at, i.created_at = a.received_at AS first,
           j.now AS state, r.ground AS silence
    FROM idempotency i JOIN applications a ON a.id = i.application_id
    JOIN journal j ON j.application_id = a.id AND j.sequence = 1
    LEFT JOIN reviews r
           ON r.application_id = a.id AND r.act = 'acknowledged' AND j.now <> 'ESTIMATED'
    WHERE i.portal_id = :portal AND i.key = :key
""")
_FIND_SAME = text("""
    SELECT a.id, a.reference, a.received_at, j.now AS state, r.ground AS silence
    FROM applications a JOIN journal j ON j.application_id = a.id AND j.sequence = 1
    LEFT JOIN reviews r
           ON r.application_id = a.id AND r.act = 'acknowledged' AND j.now <> 'ESTIMATED'
    WHERE a.same_application = :same AND a.status NOT IN ('WITHDRAWN', 'CLOSED')
""")


def read_idempotency_key(given: Sequence[str]) -> str | None:
    """The request's key, from its headers of that name.

    Raises:
        ProblemError: malformed-idempotency-key.
    """
    if not given:
        return None
    if len(given) > 1 or _KEY.match(given[0]) is None:
        raise refusal(Kind.MALFORMED_IDEMPOTENCY_KEY)
    return given[0]


def recall(connection: Connection, portal: Portal, key: str, body_mac: bytes) -> Receipt | None:
    """The receipt that this key was answered with, if it was.

    The key's line is written in the same transaction as what it answered: equal times mean that
    the request brought the application, others that it was told of an earlier one.

    Raises:
        ProblemError: idempotency-key-reused, when the body was another.
    """
    row = connection.execute(_RECALL, {"portal": portal.id, "key": key}).one_or_none()
    if row is None:
        return None
    if row.body_mac != body_mac:
        raise refusal(Kind.IDEMPOTENCY_KEY_REUSED)
    return Receipt.again(row, first=row.first, replayed=True)


def find_same(connection: Connection, same_application: bytes) -> tuple[UUID, Receipt] | None:
    """The application that is already there for the same child, applicant, scheme and period."""
    row = connection.execute(_FIND_SAME, {"same": same_application}).one_or_none()
    if row is None:
        return None
    id_: UUID = row.id
    return id_, Receipt.again(row)


def same_application(ring: KeyRing, portal: Portal, wanted: Wanted, application: Handed) -> bytes:
    """The blind index of an application: whoever has equal ones asks for the same thing.

    Every first name counts, for twins exist; accents, case and hyphens do not. During a pregnancy
    the expected date stands for the child. To ask for an estimate and to ask for a fee is not the
    same thing.
    """
    care = application.care
    return ring.blind_index(
        f"same_{'pre_registration' if isinstance(application, PreRegistration) else 'application'}",
        str(portal.id),
        str(wanted.scheme_id),
        *_of_child(application),
        *_of_applicant(application.applicant),
        care.start.isoformat(),
        care.end.isoformat() if care.end else "",
    )


def _of_child(application: Handed) -> tuple[str, ...]:
    if isinstance(application, PreRegistration) and application.child is None:
        return (application.birth.isoformat(), "", "")
    child = application.child
    assert child  # noqa: S101  # or there is a pregnancy
    return (
        child.birth.isoformat(),
        folded(child.birth_name),
        folded(" ".join(child.first_names)),
    )


def _of_applicant(applicant: CivilStatus) -> tuple[str, ...]:
    return (
        folded(applicant.birth_name),
        folded(" ".join(applicant.first_names)),
        str(applicant.birth),
        applicant.birth_place.country,
        applicant.birth_place.commune or "",
    )
