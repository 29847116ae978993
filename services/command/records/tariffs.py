"""The tariffs that a scheme may name: shipped ones, and those that its authority published."""

from collections.abc import Iterator
from importlib.resources import files

from sqlalchemy import Connection, select

from services.command.records.rules import Tariffs
from shared.store.parties import AuthorityRow
from shared.store.published import TariffRow


def known(connection: Connection) -> Tariffs:
    """Those that a worker of this installation would find."""
    published = select(AuthorityRow.code, TariffRow.tariff_id).join(
        AuthorityRow, AuthorityRow.id == TariffRow.authority_id
    )
    found = {(row.code, row.tariff_id) for row in connection.execute(published.distinct())}
    return found | {(None, one) for one in _shipped()}


def _shipped() -> Iterator[str]:
    """`scales/psu/<version>.yaml`, and `scales/<authority>/<id>/<version>.yaml`."""
    for folder in (files("services.tariff") / "scales").iterdir():
        if folder.is_dir():
            inner = [one.name for one in folder.iterdir() if one.is_dir()]
            yield from inner or [folder.name]
