"""Grouping: many applications enter the record in one transaction, each as if it came alone.

Rows enter in the order of their blind index, so that two batches that hold the same applications
wait for each other instead of locking each other out.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Self
from uuid import UUID

from sqlalchemy import Connection, insert, text
from sqlalchemy.dialects.postgresql import insert as upsert

from services.intake.backpressure import late
from services.intake.batch_rows import Answers, Row
from services.intake.catalogue import Catalogue
from services.intake.grouped_repetition import find_all_same, recall_all
from services.intake.parts import Parts
from services.intake.portals import Portal
from services.intake.problems import Problem, ProblemError
from services.intake.receipts import Receipt
from services.intake.reception import answered_by
from services.intake.recording import Answered, Draft, acknowledge_all, first_line, row_of
from services.intake.repetition import same_application
from services.intake.wordings import Kind
from shared.protocol import journal
from shared.sealing import KeyRing
from shared.states import Lane
from shared.store.tables import ApplicationKeyRow, ApplicationRow, IdempotencyRow


class OvertakenError(Exception):
    """A twin was committed, or withdrawn, meanwhile: begin again, and find what it left."""


@dataclass(frozen=True, slots=True, repr=False)
class Asked:
    """A row that may enter: its draft, and the line to keep for its key."""

    row: Row
    draft: Draft
    answered: Answered | None


@dataclass(frozen=True, slots=True, repr=False)
class Entered:
    """What one transaction came to: the answers by place, and the drafts that entered."""

    answers: Answers
    drafts: tuple[Draft, ...]


@dataclass(frozen=True, slots=True, repr=False)
class Group:
    """Rows that share a transaction."""

    rows: tuple[Row, ...]
    catalogue: Catalogue
    trace: str

    def halves(self) -> tuple[Self, Self]:
        """The same rows as two groups."""
        middle = len(self.rows) // 2
        return tuple(  # type: ignore[return-value]  # two of them
            type(self)(rows, self.catalogue, self.trace)
            for rows in (self.rows[:middle], self.rows[middle:])
        )


def enter(
    connection: Connection, parts: Parts, portal: Portal, group: Group, *, rung: bool
) -> Entered:
    """Enter what is new, and answer every row of the group.

    Raises:
        OvertakenError: begin again in a new transaction.
    """
    answers, ring = Answers(), parts.key_ring
    asked = _new_keys(connection, portal, list(_asked(ring, portal, group, answers)), answers)
    asked = _promised(connection, parts, asked, answers)
    drafts = {each.draft.same_application: each.draft for each in reversed(asked)}
    entered = _insert(connection, parts, drafts, rung=rung)
    known = _same(connection, drafts.keys() - entered)
    for each in asked:
        _answer(each, entered, drafts, known, answers)
    _remember(connection, portal, asked, drafts, known)
    return Entered(answers, tuple(drafts[same] for same in entered))


def _asked(ring: KeyRing, portal: Portal, group: Group, answers: Answers) -> Iterable[Asked]:
    for row in group.rows:
        try:
            wanted = group.catalogue.wanted(row.application)
        except ProblemError as refused:
            answers.problems[row.place] = refused.problem
            continue
        same = same_application(ring, portal, wanted, row.application)
        draft = Draft.of(
            row.application, portal, wanted, same=same, trace=group.trace, lane=Lane.BULK
        )
        yield Asked(row, draft, answered_by(ring, portal, row.key, row.document))


def _new_keys(
    connection: Connection, portal: Portal, asked: Sequence[Asked], answers: Answers
) -> list[Asked]:
    """Answer what was asked before under the same key; what is left must be entered or found."""
    keys = [each.answered.key for each in asked if each.answered]
    recalled = recall_all(connection, portal, keys)
    macs = {key: was.body_mac for key, was in recalled.items()}
    left = []
    for each in asked:
        if each.answered is None:
            left.append(each)
        elif macs.setdefault(each.answered.key, each.answered.body_mac) != each.answered.body_mac:
            answers.problems[each.row.place] = Problem(Kind.IDEMPOTENCY_KEY_REUSED)
        elif was := recalled.get(each.answered.key):
            answers.receipts[each.row.place] = was.receipt
        else:
            left.append(each)
    return left


def _promised(
    connection: Connection, parts: Parts, asked: Sequence[Asked], answers: Answers
) -> list[Asked]:
    """Answer what must come back later."""
    problems = late(connection, parts.promises, [each.draft for each in asked])
    for each in asked:
        if problem := problems.get(each.draft.same_application):
            answers.problems[each.row.place] = problem
    return [each for each in asked if each.draft.same_application not in problems]


def _insert(
    connection: Connection, parts: Parts, drafts: Mapping[bytes, Draft], *, rung: bool
) -> dict[bytes, None]:
    """Insert applications that are not there yet; which ones were, by blind index."""
    if not drafts:
        return {}
    ordered = [drafts[same] for same in sorted(drafts)]
    lines = {draft.id: first_line(draft) for draft in ordered}
    rows = {draft.id: row_of(draft, lines[draft.id].head, parts.key_ring) for draft in ordered}
    statement = (
        upsert(ApplicationRow)
        .values([_application(draft, rows[draft.id], rung=rung) for draft in ordered])
        .on_conflict_do_nothing(
            index_elements=["same_application"],
            index_where=text("status NOT IN ('WITHDRAWN', 'CLOSED')"),
        )
        .returning(ApplicationRow.id, ApplicationRow.same_application)
    )
    entered = {row.same_application: row.id for row in connection.execute(statement)}
    if entered:
        keys = [_key(id_, rows[id_]) for id_ in entered.values()]
        connection.execute(insert(ApplicationKeyRow), keys)
    journal.write(connection, [lines[id_] for id_ in entered.values()])
    acknowledge_all(connection, [drafts[same] for same in entered], parts.index_keys)
    return dict.fromkeys(entered)


def _application(draft: Draft, row: Mapping[str, Any], *, rung: bool) -> dict[str, Any]:
    at = draft.portal.at
    return {
        "id": draft.id,
        "reference": draft.reference,
        "authority_id": row["authority"],
        "portal_id": row["portal"],
        "scheme_id": row["scheme"],
        "structure_id": row["structure"],
        "habilitation_id": row["habilitation"],
        "same_application": draft.same_application,
        "sealed": row["sealed"],
        "sealed_tax_numbers": row["tax_numbers"],
        "sealed_estimate": row["estimate"],
        "status": row["status"],
        "reason": row["reason"],
        "lane": draft.lane,
        "received_at": at,
        "moved_at": at,
        "due_at": at if row["due"] else None,
        "rung_at": at if row["due"] and rung else None,
        "trace": draft.trace,
        "journal_sequence": row["sequence"],
        "journal_head": row["head"],
    }


def _key(id_: UUID, row: Mapping[str, Any]) -> dict[str, Any]:
    return {"application_id": id_, "ring_key": row["ring_key"], "wrapped": row["wrapped"]}


def _same(connection: Connection, missing: Collection[bytes]) -> dict[bytes, tuple[UUID, Receipt]]:
    """The applications that were there already."""
    found = find_all_same(connection, missing)
    if len(found) < len(missing):
        raise OvertakenError
    return found


def _answer(
    each: Asked,
    entered: Mapping[bytes, None],
    drafts: Mapping[bytes, Draft],
    known: Mapping[bytes, tuple[UUID, Receipt]],
    answers: Answers,
) -> None:
    same = each.draft.same_application
    if same in entered:
        draft = drafts[same]
        first = draft is each.draft
        answers.receipts[each.row.place] = draft.receipt(first=first)
    else:
        answers.receipts[each.row.place] = known[same][1]


def _remember(
    connection: Connection,
    portal: Portal,
    asked: Sequence[Asked],
    drafts: Mapping[bytes, Draft],
    known: Mapping[bytes, tuple[UUID, Receipt]],
) -> None:
    """Keep what each key was answered with, as a single application's would be."""
    lines = {}
    for each in asked:
        if each.answered:
            same = each.draft.same_application
            id_ = known[same][0] if same in known else drafts[same].id
            lines[each.answered.key] = {
                "portal_id": portal.id,
                "key": each.answered.key,
                "body_mac": each.answered.body_mac,
                "application_id": id_,
                "created_at": portal.at,
            }
    if not lines:
        return
    statement = upsert(IdempotencyRow).values([lines[key] for key in sorted(lines)])
    kept = statement.on_conflict_do_nothing().returning(IdempotencyRow.key)
    if len(connection.execute(kept).all()) < len(lines):
        raise OvertakenError
