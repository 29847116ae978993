"""Decided: decisions as they are read, version after version, and what was sealed of them.

A proposed decision binds nobody: it is never among them.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, text

from shared.application import IdentityAssurance
from shared.decisions import DecisionKind, DecisionMode
from shared.protocol.opening import open_application
from shared.sealing import DataKey, KeyRing, WrappedKey
from shared.store.places import decision_place
from shared.versions import AnyVersion, holding_on

_MOST_VERSIONS = 1_000
_FIND = text("""
    SELECT d.application_id, d.version, d.valid_from, d.kind, d.mode, d.tariff_id, d.tariff_version,
           d.tariff_digest, d.engine_version, d.sealed, k.ring_key, k.wrapped,
           a.sealed AS application
    FROM decisions d
    JOIN applications a ON a.id = d.application_id
    LEFT JOIN application_keys k ON k.application_id = d.application_id
    WHERE d.application_id = :id AND NOT d.proposed
    ORDER BY d.version DESC LIMIT :most
""")


@dataclass(frozen=True, slots=True)
class DecidedVersion:
    """One version as the record holds it; `key` is None once the application was erased."""

    application_id: UUID
    version: int
    valid_from: date
    kind: DecisionKind
    mode: DecisionMode
    tariff_id: str
    tariff_version: str
    tariff_digest: str
    engine_version: str
    key: WrappedKey | None = field(repr=False)
    sealed: bytes = field(repr=False)
    application: bytes = field(repr=False)


@dataclass(frozen=True, slots=True, repr=False)
class Opened:
    """What a version says, and how sure the portal was of who asks."""

    content: dict[str, Any]
    assurance: IdentityAssurance
    mode: DecisionMode

    @property
    def disclosable(self) -> bool:
        """Whether it may leave: whoever types a civil status could read someone's income.

        An identity that is only declared is checked by the agent who validates or decides.
        """
        declared = self.assurance is IdentityAssurance.DECLARED
        return not declared or self.mode is not DecisionMode.AUTOMATIC


def versions_of(connection: Connection, application_id: UUID) -> Sequence[DecidedVersion]:
    """Every version that binds, the last first."""
    rows = connection.execute(_FIND, {"id": application_id, "most": _MOST_VERSIONS})
    return [
        DecidedVersion(
            **{name: row[name] for name in _SAME},
            kind=DecisionKind(row["kind"]),
            mode=DecisionMode(row["mode"]),
            key=None if row["wrapped"] is None else WrappedKey(row["ring_key"], row["wrapped"]),
        )
        for row in rows.mappings()
    ]


_SAME = (
    "application_id",
    "version",
    "valid_from",
    "tariff_id",
    "tariff_version",
    "tariff_digest",
    "engine_version",
    "sealed",
    "application",
)


def in_force(versions: Sequence[AnyVersion], today: date) -> AnyVersion | None:
    """The decision in force: the highest version that is already valid.

    When none is, the one that will be first.
    """
    first = min(versions, key=lambda v: (v.valid_from, -v.version), default=None)
    return holding_on(versions, today) or first


def open_decision(ring: KeyRing, version: DecidedVersion) -> Opened | None:
    """What was sealed of a version; None once its key was destroyed.

    Raises:
        SealingError: the ring at hand does not open it.
    """
    if version.key is None:
        return None
    key = ring.unwrap(version.key)
    content = open_content(key, version.application_id, version.sealed)
    application = open_application(key, version.application_id, version.application, None)
    return Opened(content, application.identity_assurance, version.mode)


def open_content(key: DataKey, application_id: UUID, sealed: bytes) -> dict[str, Any]:
    """What was sealed of one version of an application's decision.

    Raises:
        SealingError: not this key, or not this application's content.
    """
    content: dict[str, Any] = json.loads(key.open(sealed, place=decision_place(application_id)))
    return content
