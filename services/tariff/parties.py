"""Parties: what the record says of schemes and their authorities, read every half minute at most.

A whole read takes three small queries, whatever the number of applications that are priced.
"""

from collections.abc import Mapping
from datetime import timedelta
from time import monotonic
from types import MappingProxyType
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Engine, Row, select

from services.tariff.terms import CampaignTerms, SchemeTerms
from shared.decisions import AuthorityTold, SchemeTold
from shared.scheme_rules import SchemeRules
from shared.signing import Contact, Signatory
from shared.store.campaigns import CampaignRow
from shared.store.parties import AuthorityRow, SchemeRow, StructureRow

_FRESH_FOR = timedelta(seconds=30)
_SCHEMES = select(
    SchemeRow.id,
    SchemeRow.code,
    SchemeRow.name,
    SchemeRow.profile,
    SchemeRow.tariff,
    SchemeRow.validation,
    SchemeRow.rules,
    AuthorityRow.code.label("authority_code"),
    AuthorityRow.name.label("authority_name"),
    AuthorityRow.siret,
    AuthorityRow.contact,
    AuthorityRow.signatories,
).join(AuthorityRow, AuthorityRow.id == SchemeRow.authority_id)
_CAMPAIGNS = select(CampaignRow.id, CampaignRow.code, CampaignRow.drafts, CampaignRow.kind)
_CORRECTION = "correction"


class Parties:
    """Schemes, structures and campaigns by their ids; what is not known yet is read at once."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._read_at = -_FRESH_FOR.total_seconds()
        self._schemes: Mapping[UUID, SchemeTerms] = MappingProxyType({})
        self._structures: Mapping[UUID, str] = MappingProxyType({})
        self._campaigns: Mapping[UUID, CampaignTerms] = MappingProxyType({})

    def scheme(self, id_: UUID) -> SchemeTerms:
        """The terms of a scheme.

        Raises:
            KeyError: nobody knows it.
        """
        self._know(id_, self._schemes)
        return self._schemes[id_]

    def structure(self, id_: UUID | None) -> str | None:
        """The name of a structure."""
        if id_ is None:
            return None
        self._know(id_, self._structures)
        return self._structures.get(id_)

    def campaign(self, id_: UUID | None) -> CampaignTerms | None:
        """The terms of a campaign; None for none."""
        if id_ is None:
            return None
        self._know(id_, self._campaigns)
        return self._campaigns.get(id_)

    def _know(self, id_: UUID, known: Mapping[UUID, object]) -> None:
        age = monotonic() - self._read_at
        if age > _FRESH_FOR.total_seconds() or id_ not in known:
            self._read()

    def _read(self) -> None:
        with self._engine.connect() as connection:
            self._schemes = {row.id: _terms(row) for row in connection.execute(_SCHEMES)}
            structures = select(StructureRow.id, StructureRow.name)
            self._structures = {row.id: row.name for row in connection.execute(structures)}
            self._campaigns = _campaigns(connection)
        self._read_at = monotonic()


def _campaigns(connection: Connection) -> dict[UUID, CampaignTerms]:
    return {
        row.id: CampaignTerms(row.code, row.drafts, row.kind == _CORRECTION)
        for row in connection.execute(_CAMPAIGNS)
    }


def _terms(row: Row[Any]) -> SchemeTerms:
    rules = SchemeRules.model_validate(row.rules)
    return SchemeTerms(
        automatic=row.validation == "automatic",
        tariff=row.tariff,
        rules=rules,
        told=SchemeTold(
            code=row.code,
            name=row.name,
            profile=row.profile,
            kind=rules.kind,
            silence=rules.silence,
        ),
        authority=AuthorityTold(
            code=row.authority_code,
            name=row.authority_name,
            siret=row.siret,
            contact=Contact.model_validate(row.contact),
        ),
        signatories=tuple(Signatory.model_validate(one) for one in row.signatories),
    )
