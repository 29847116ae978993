"""Where each kind of record stands in the tables: read with codes, written with ids."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Select, insert, select, update

from services.command.records.kinds import Kind
from services.command.records.models import MODELS, Record
from services.command.records.parts import Part, is_parts, read_back, said
from services.command.records.rules import Address
from shared.store.parties import (
    AuthorityRow,
    HabilitationRow,
    PortalRow,
    SchemeRow,
    StructureRow,
)
from shared.store.tables import Table

Ids = Mapping[Address, UUID]
TABLES: Mapping[Kind, type[Table]] = {
    Kind.AUTHORITY: AuthorityRow,
    Kind.STRUCTURE: StructureRow,
    Kind.HABILITATION: HabilitationRow,
    Kind.SCHEME: SchemeRow,
    Kind.PORTAL: PortalRow,
}
_REFERENCES = {"authority": Kind.AUTHORITY, "habilitation": Kind.HABILITATION}


@dataclass(frozen=True, slots=True)
class Known:
    """A record as it stands, and its row's id."""

    id: UUID
    record: Record


def stored(connection: Connection, kind: Kind) -> Iterator[Known]:
    """Every record of a kind, as it stands: what older code wrote is not judged again."""
    for row in connection.execute(_query(kind)).mappings():
        model = MODELS[kind]
        values: dict[str, Any] = {
            name: _frozen(row[name], model.documents.get(name)) for name in model.model_fields
        }
        yield Known(row["id"], model.model_construct(**values))


def create(connection: Connection, record: Record, ids: Ids, **more: object) -> UUID:
    """Insert a record; `more` are columns that are no fields, such as a sealed token."""
    table = TABLES[record.kind_of_record]
    values = _values(record, ids) | more
    statement = insert(table).values(**values).returning(table.__table__.columns["id"])
    id_: UUID = connection.execute(statement).scalar_one()
    return id_


def change(connection: Connection, id_: UUID, record: Record, ids: Ids, **more: object) -> None:
    """Bring a row up to its record."""
    table = TABLES[record.kind_of_record]
    values = _values(record, ids) | more
    statement = update(table).where(table.__table__.columns["id"] == id_).values(**values)
    connection.execute(statement)


def _query(kind: Kind) -> Select[Any]:
    """A kind's rows, each with the codes of what it refers to, in the order of addresses."""
    table = TABLES[kind].__table__
    fields = MODELS[kind].model_fields
    columns = [table.c[name] for name in ("id", *fields) if name not in _REFERENCES]
    query, joined = select(*columns), table
    for name in filter(_REFERENCES.__contains__, fields):
        other = TABLES[_REFERENCES[name]].__table__
        joined = joined.join(other, other.c.id == table.c[f"{name}_id"])
        query = query.add_columns(other.c.code.label(name))
    return query.select_from(joined)


def _values(record: Record, ids: Ids) -> dict[str, Any]:
    values = {name: _thawed(value) for name, value in record if name not in _REFERENCES}
    for name in filter(_REFERENCES.__contains__, MODELS[record.kind_of_record].model_fields):
        values[f"{name}_id"] = ids[_REFERENCES[name], getattr(record, name)]
    return values


def _frozen(value: object, part: type[Part] | None) -> object:
    """A column's value as its field has it; `part`: what its documents are."""
    match value:
        case dict() if part is not None:
            return read_back(part, value)
        case list() if part is not None and is_parts(value):
            return tuple(_frozen(one, part) for one in value)
        case list():
            return tuple(value)
    return value


def _thawed(value: object) -> object:
    return said(value) if isinstance(value, tuple | Part) else value
