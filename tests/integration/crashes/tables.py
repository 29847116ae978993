"""What a town's tables say, apart from times, claims, counts of starts and retry lines.

Every column is compared but those named here. Ids become the names of families, sealed content is
opened, and of what is new at each try (keys, digests, ciphertext) only the presence is compared.
"""

import json
import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import text

from shared.sealing import DataKey, WrappedKey
from shared.store.places import application_place, decision_place, evidence_place
from tests.chaos.checker import out_of_order
from tests.integration.crashes.town import Town

_BY_APPLICATION = (
    "SELECT t.* FROM {0} t JOIN applications a ON a.id = t.application_id "
    "WHERE a.authority_id = :authority"
)
_BY_PORTAL = "SELECT t.* FROM {0} t WHERE t.portal_id = :portal"
_BY_AUTHORITY = "SELECT t.* FROM {0} t WHERE t.authority_id = :authority"
COMPARED = {
    "applications": _BY_AUTHORITY,
    "application_keys": _BY_APPLICATION,
    "idempotency": _BY_PORTAL,
    "verifications": _BY_APPLICATION,
    "decisions": _BY_APPLICATION,
    "journal": _BY_APPLICATION,
    "events": _BY_PORTAL,
    "deliveries": _BY_PORTAL,
    "reviews": _BY_APPLICATION,
    "campaigns": _BY_AUTHORITY,
    "campaign_members": _BY_APPLICATION,
    "held_evidence": _BY_PORTAL,
    "bulk_members": _BY_AUTHORITY,
    "operations": _BY_APPLICATION,
}
NOT_COMPARED = {
    "authorities": "settled before the case",
    "structures": "settled before the case",
    "habilitations": "settled before the case",
    "schemes": "settled before the case",
    "portals": "settled before the case",
    "portal_keys": "settled before the case",
    "tariffs": "none is published",
    "changes": "settled before the case; an export's line by a case of its own",
    "workers": "lives: claims",
    "switches": "times: each ends by itself",
    "seals": "compared by cases of their own",
    "compatibility": "of the release",
    "bulk_actions": "its members are compared, and all of them came to something",
    "name_tokens": "written with their application, by lot of its key",
    "samples": "times: figures of a minute",
    **dict.fromkeys(
        ("people", "web_sessions", "sign_in_links", "sign_in_requests", "sign_in_tries"),
        "of the console, where a person repeats what failed",
    ),
    "accesses": "of the console, in the transaction that looks",
    "saved_filters": "of the console, in one transaction",
    "event_clock": "of the server",
}
_APART = {
    *("claim", "claimed_by", "starts", "attempts"),
    *(
        "id",
        "event_id",
        "application_id",
        "authority_id",
        "portal_id",
        "scheme_id",
        "habilitation_id",
    ),
    *("action", "action_id", "target"),
    *("trace", "request_id", "transaction", "position", "started_by"),
    *("sequence", "journal_sequence"),  # lines of a retry count
    *("journal_head", "previous", "hash", "evidence", "sealed_digest", "digest"),
    *("body_mac", "same_application", "reference", "reference_hash", "key"),
}
_OF_A_TRY = {"request_id", "reference", "cached"}  # cached: the State had been asked before
_RETRIED = {("RECEIVED", "RECEIVED"), ("RECEIVED", "PARKED"), ("PARKED", "RECEIVED")}
_AGAIN = {"Busy", "Unavailable"}
_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d[0-9:.+Z-]*")
_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
Tables = dict[str, "Counter[str]"]


def tables_of(town: Town) -> Tables:
    """Each table as a bag of lines."""
    return {name: Counter(_lines(town, name, query)) for name, query in COMPARED.items()}


def differences(calm: Tables, crashed: Tables) -> list[str]:
    """Each line that one of two days has and the other has not."""
    return [
        f"{table} {sign} {line}"
        for table in COMPARED
        for sign, more, fewer in (("-", calm, crashed), ("+", crashed, calm))
        for line in sorted((more[table] - fewer[table]).elements())
    ]


def told_of(town: Town) -> dict[str, list[str]]:
    """What the portal heard of each family: each change once, in the order of its first hearing."""
    heard: defaultdict[str, list[str]] = defaultdict(list)
    seen: set[str] = set()
    names = {reference: name for name, reference in town.references.items()}
    for one in town.stack.receiver.received:
        if one.said["source"].rpartition(":")[2] != town.code or one.id in seen:
            continue
        one.verify(town.secret)
        seen.add(one.id)
        if one.said["data"].get("reference") and one.said["data"]["state"] != "PARKED":
            heard[names[one.said["data"]["reference"]]].append(one.said["data"]["state"])
    return dict(heard)


def in_order(town: Town) -> bool:
    """Whether no change of an application was first heard after a later one."""
    heard: defaultdict[str, list[tuple[int, str]]] = defaultdict(list)
    for one in town.stack.receiver.received:
        of_the_town = one.said["source"].rpartition(":")[2] == town.code
        if of_the_town and one.said["data"].get("reference"):
            heard[one.place[0]].append((one.place[1], one.id))
    return not out_of_order(heard)


def _lines(town: Town, table: str, query: str) -> Iterator[str]:
    values = {"authority": town.founded.authority, "portal": town.founded.portal}
    with town.stack.engine.connect() as connection:
        found = connection.execute(text(query.format(table)), values).mappings().all()
    reader = _Reader(table, town.code, _families(town), _keys(town))
    lines = [reader.line(row) for row in map(dict, found) if not _is_retry(table, row)]
    yield from set(lines) if table in {"events", "deliveries"} else lines  # a trial, asked twice


def _is_retry(table: str, row: Mapping[str, Any]) -> bool:
    if table == "journal":
        return (row["was"], row["now"]) in _RETRIED
    if table == "verifications":
        return row["outcome"] in _AGAIN
    return table in {"events", "deliveries"} and row.get("state") == "PARKED"


@dataclass(frozen=True)
class _Reader:
    """Reads the lines of one table of a town."""

    table: str
    code: str
    families: Mapping[UUID, str]
    keys: Mapping[UUID, DataKey]

    def line(self, row: Mapping[str, Any]) -> str:
        of = row["id"] if self.table == "applications" else row.get("application_id")
        said = {
            name: self._value(name, value, of)
            for name, value in row.items()
            if not self._is_apart(name, value)
        }
        whole = json.dumps({**said, "of": of and self.families[of]}, sort_keys=True, default=str)
        return whole.replace(self.code, "<town>")

    def _is_apart(self, name: str, value: object) -> bool:
        return name in _APART or isinstance(value, datetime)

    def _value(self, name: str, value: object, of: UUID | None) -> object:
        if isinstance(value, UUID):
            return "<id>"
        if not isinstance(value, bytes):
            return value
        place = _PLACES.get((self.table, name))
        if place is None or of is None:
            return "<bytes>"
        return _plain(json.loads(self.keys[of].open(value, place=place(of))))


_PLACES = {
    ("applications", "sealed"): application_place,
    ("verifications", "sealed"): evidence_place,
    ("decisions", "sealed"): decision_place,
}


def _plain(content: Any) -> Any:
    """Without what is of one try only: times and ids."""
    if isinstance(content, dict):
        return {k: _plain(v) for k, v in content.items() if k not in _OF_A_TRY}
    if isinstance(content, list):
        return [_plain(one) for one in content]
    if isinstance(content, str):
        return _UUID.sub("<id>", _TIME.sub("<time>", content))
    return content


def _families(town: Town) -> dict[UUID, str]:
    names = {reference: name for name, reference in town.references.items()}
    query = text("SELECT id, reference FROM applications WHERE authority_id = :authority")
    with town.stack.engine.connect() as connection:
        rows = connection.execute(query, {"authority": town.founded.authority}).all()
    return {row.id: names.get(row.reference, "<nobody's>") for row in rows}


def _keys(town: Town) -> dict[UUID, DataKey]:
    query = text(
        "SELECT k.* FROM application_keys k JOIN applications a ON a.id = k.application_id "
        "WHERE a.authority_id = :authority"
    )
    with town.stack.engine.connect() as connection:
        rows = connection.execute(query, {"authority": town.founded.authority}).all()
    return {
        row.application_id: town.stack.ring.unwrap(WrappedKey(row.ring_key, row.wrapped))
        for row in rows
    }
