"""Recording: an application enters the record with its key and the first line of its journal."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Self
from uuid import UUID, uuid4

from sqlalchemy import Connection, text

from services.intake.estimates import told
from services.intake.portals import Portal
from services.intake.receipts import Receipt
from services.intake.reference import mint_reference
from services.intake.stages import Entry, Handed, content_of, entry_of, tax_numbers_of
from services.intake.wanted import Wanted
from shared.blind_names import IndexKeys
from shared.pre_registration import PreRegistration
from shared.protocol import journal
from shared.protocol.operating.names import enter as enter_names
from shared.protocol.operating.names import people_of
from shared.protocol.reviewing.clocks import acknowledge
from shared.scheme_rules import Silence
from shared.sealing import DataKey, KeyRing
from shared.states import Lane
from shared.store.places import application_place, estimate_place, tax_numbers_place
from shared.taxation import write_tax_numbers

_START = journal.Head(0, b"")
_INSERT = text("""
    WITH entered AS (
        INSERT INTO applications (
            id, reference, authority_id, portal_id, scheme_id, structure_id, habilitation_id,
            same_application, sealed, sealed_tax_numbers, sealed_estimate, status, reason, lane,
            received_at, moved_at, due_at, rung_at, trace, journal_sequence, journal_head
        ) VALUES (
            :id, :reference, :authority, :portal, :scheme, :structure, :habilitation,
            :same, :sealed, :tax_numbers, :estimate, :status, :reason, :lane, now(), now(),
            CASE WHEN :due THEN now() END, CASE WHEN :due AND :rung THEN now() END,
            :trace, :sequence, :head
        )
        ON CONFLICT (same_application) WHERE status NOT IN ('WITHDRAWN', 'CLOSED') DO NOTHING
        RETURNING id
    )
    INSERT INTO application_keys (application_id, ring_key, wrapped)
    SELECT id, :ring_key, :wrapped FROM entered
""")
_INSERT_ANSWER = text("""
    INSERT INTO idempotency (portal_id, key, body_mac, application_id, created_at)
    VALUES (:portal, :key, :mac, :application, now())
    ON CONFLICT (portal_id, key) DO NOTHING
""")


@dataclass(frozen=True, slots=True, repr=False)
class Draft:
    """An application, or a pre-registration, that may enter the record."""

    id: UUID
    reference: str
    application: Handed
    portal: Portal
    wanted: Wanted
    same_application: bytes
    trace: str
    lane: Lane = Lane.NOW

    @classmethod
    def of(
        cls,
        application: Handed,
        portal: Portal,
        wanted: Wanted,
        *,
        same: bytes,
        trace: str,
        lane: Lane = Lane.NOW,
    ) -> Self:
        """A draft with an id and a reference of its own."""
        return cls(uuid4(), mint_reference(), application, portal, wanted, same, trace, lane)

    @property
    def entry(self) -> Entry:
        """The state in which it enters."""
        return entry_of(self.application)

    @property
    def silence(self) -> Silence | None:
        """The silence rule that it enters under; a pre-registration asks for nothing yet."""
        return None if isinstance(self.application, PreRegistration) else self.wanted.silence

    def receipt(self, *, first: bool) -> Receipt:
        """What its portal is told once it has entered."""
        return Receipt(self.reference, self.portal.at, first, self.entry.status, self.silence)


@dataclass(frozen=True, slots=True, repr=False)
class Answered:
    """An `Idempotency-Key`, and the keyed hash of the body that came with it."""

    key: str
    body_mac: bytes


def record(
    connection: Connection,
    ring: KeyRing,
    draft: Draft,
    *,
    rung: bool,
    index_keys: IndexKeys | None = None,
) -> bool:
    """Enter an application, sealed; False when the same application is there already."""
    first = first_line(draft)
    values = row_of(draft, first.head, ring) | {"rung": rung}
    entered = connection.execute(_INSERT, values).rowcount == 1
    if entered:
        journal.write(connection, [first])
        acknowledge_all(connection, [draft], index_keys)
    return entered


def index_names(
    connection: Connection, keys: IndexKeys | None, handed: Mapping[UUID, Handed]
) -> None:
    """Write by which names and births these, by id, are found; none without a key."""
    if keys is not None:
        people = {id_: list(people_of(one)) for id_, one in handed.items()}
        enter_names(connection, keys, people)


def acknowledge_all(
    connection: Connection, drafts: Sequence[Draft], index_keys: IndexKeys | None
) -> None:
    """Write down under which silence rule each of these was received, and how it is found."""
    rules = [(draft.id, draft.silence) for draft in drafts]
    for portal in {draft.portal for draft in drafts}:
        acknowledge(connection, rules, at=portal.at, actor=f"portal:{portal.code}")
    index_names(connection, index_keys, {draft.id: draft.application for draft in drafts})


def remember(
    connection: Connection, portal: Portal, answered: Answered, application_id: UUID
) -> bool:
    """Keep what a key was answered with; False when a twin of the request did so first."""
    values = {
        "portal": portal.id,
        "key": answered.key,
        "mac": answered.body_mac,
        "application": application_id,
    }
    return connection.execute(_INSERT_ANSWER, values).rowcount == 1


def first_line(draft: Draft) -> journal.Chained:
    """The first line of an application's journal."""
    line = journal.Line(
        application_id=draft.id,
        at=draft.portal.at,
        actor=f"portal:{draft.portal.code}",
        was=None,
        now=draft.entry.status,
        reason=draft.entry.reason,
        trace=draft.trace,
    )
    return journal.chain(line, _START)


def row_of(draft: Draft, head: journal.Head, ring: KeyRing) -> dict[str, Any]:
    """The values of an application's row and of its key, sealed."""
    return _values(draft, head) | _sealed(draft, ring)


def _sealed(draft: Draft, ring: KeyRing) -> dict[str, Any]:
    """The body, under a key of its own, and that key, wrapped."""
    data_key = DataKey.new()
    wrapped = ring.wrap(data_key)
    return {
        **sealed_content(draft.application, draft.id, data_key),
        "estimate": _sealed_estimate(draft, data_key),
        "ring_key": wrapped.ring_key,
        "wrapped": wrapped.wrapped,
    }


def sealed_content(handed: Handed, id_: UUID, data_key: DataKey) -> dict[str, bytes | None]:
    """The body and, apart from it, the tax numbers: they are destroyed long before it."""
    numbers = write_tax_numbers(tax_numbers_of(handed)) if tax_numbers_of(handed) else None
    return {
        "sealed": data_key.seal(content_of(handed), place=application_place(id_)),
        "tax_numbers": numbers and data_key.seal(numbers, place=tax_numbers_place(id_)),
    }


def _sealed_estimate(draft: Draft, data_key: DataKey) -> bytes | None:
    if not isinstance(draft.application, PreRegistration):
        return None
    content = told(draft.application, draft.portal.at)
    return data_key.seal(content, place=estimate_place(draft.id))


def _values(draft: Draft, head: journal.Head) -> dict[str, Any]:
    return {
        "id": draft.id,
        "reference": draft.reference,
        "authority": draft.portal.authority_id,
        "portal": draft.portal.id,
        "scheme": draft.wanted.scheme_id,
        "structure": draft.wanted.structure_id,
        "habilitation": draft.wanted.habilitation_id,
        "same": draft.same_application,
        "status": draft.entry.status,
        "reason": draft.entry.reason,
        "due": draft.entry.due,
        "lane": draft.lane,
        "trace": draft.trace,
        "sequence": head.sequence,
        "head": head.hash,
    }
