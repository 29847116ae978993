"""`berceau tariff publish`: one version of one authority's tariff, stored and never changed."""

from collections.abc import Sequence
from datetime import date
from pathlib import Path
from uuid import UUID

from sqlalchemy import insert, select

from services.command.records import ledger
from services.command.records.desk import Desk, at_desk, give_up, say
from services.command.tariff.checking import read_finished
from services.tariff.language.published import Published, read_published, refuse_publication
from services.tariff.language.tariff import Tariff
from shared.errors import TariffError
from shared.store.parties import AuthorityRow
from shared.store.published import TariffRow

_REFUSED = 1
_JOURNALLED = "tariff"


def publish_file(file: Path, *, authority: str, today: date) -> None:
    """Publish what a file says; the same again changes nothing, and anything else is refused.

    What takes the place of a version that is in force is said: decisions may rest on it.
    """
    try:
        text, tariff = read_finished(file)
    except TariffError as refused:
        give_up(str(refused), code=_REFUSED)
    if tariff.authority != authority:
        give_up(
            f"{file.name}, authority : ce barème est celui de « {tariff.authority} » : écrivez "
            f"authority: {authority}, ou publiez-le pour elle.",
            code=_REFUSED,
        )
    with at_desk() as desk:
        ledger.hold(desk.connection)
        owner = _authority(desk, authority)
        standing = _standing(desk, tariff, owner)
        if any(_is_same(one, tariff) for one in standing):
            say(f"« {tariff.id} » {tariff.version} est déjà publié ainsi : rien à changer.")
            return
        try:
            refuse_publication(tariff, standing)
        except TariffError as refused:
            give_up(str(refused), code=_REFUSED)
        _store(desk, text, tariff, owner)
    _tell(tariff, standing, today)


def _authority(desk: Desk, code: str) -> UUID:
    found = desk.connection.execute(
        select(AuthorityRow.id).where(AuthorityRow.code == code)
    ).scalar_one_or_none()
    if found is None:
        give_up(
            f"Collectivité « {code} » introuvable : voyez « berceau authority list ».",
            code=_REFUSED,
        )
    return found


def _standing(desk: Desk, tariff: Tariff, authority: UUID) -> list[Tariff]:
    """The versions published under this id; another authority's id is not for this one."""
    query = select(TariffRow.__table__).where(TariffRow.tariff_id == tariff.id)
    rows = desk.connection.execute(query).all()
    if any(row.authority_id != authority for row in rows):
        give_up(
            f"Le barème « {tariff.id} » est celui d'une autre collectivité : donnez un autre "
            "« id » au vôtre.",
            code=_REFUSED,
        )
    return [
        read_published(Published(row.tariff_id, row.version, row.content, row.digest))
        for row in rows
    ]


def _is_same(one: Tariff, other: Tariff) -> bool:
    return (one.version, one.digest) == (other.version, other.digest)


def _store(desk: Desk, text: str, tariff: Tariff, authority: UUID) -> None:
    """Keep the text to the letter, and a line of the journal."""
    row = {
        "tariff_id": tariff.id,
        "version": tariff.version,
        "authority_id": authority,
        "content": text,
        "digest": tariff.digest,
        "valid_from": tariff.valid_from,
        "valid_to": tariff.valid_to,
        "review_by": tariff.review_by,
        "published_by": desk.hand.actor,
    }
    desk.connection.execute(insert(TariffRow), row)
    said = {"authority": tariff.authority, "digest": tariff.digest}
    line = desk.hand.change(_JOURNALLED, f"{tariff.id} {tariff.version}", said)
    ledger.write(desk.connection, [line])


def _tell(tariff: Tariff, standing: Sequence[Tariff], today: date) -> None:
    say(f"Publié : « {tariff.id} » {tariff.version}, {tariff.digest}.")
    say("Les services le lisent dans la demi-minute.")
    if any(one.valid_from == tariff.valid_from for one in standing):
        say("Il prend la place de la version précédente de cette période, qui reste lisible.")
    if tariff.valid_from <= today:
        say(
            "Sa période a commencé : les décisions déjà prises ne changent pas d'elles-mêmes "
            "(« berceau tariff correct », « berceau campaign start »)."
        )
