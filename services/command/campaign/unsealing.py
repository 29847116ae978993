"""Unsealing: the members of a campaign as they may be compared; figures only, and never a name."""

from collections.abc import Iterator
from dataclasses import replace

from sqlalchemy import Connection

from services.command.campaign.comparing import Compared, amounts_of, owed_of, sum_owed
from shared.errors import SealingError
from shared.protocol.campaigning.outcomes import After, SealedOutcome, outcomes
from shared.protocol.campaigning.progress import CampaignTold
from shared.sealing import DataKey, KeyRing
from shared.store.places import decision_place


def compared(connection: Connection, campaign: CampaignTold, ring: KeyRing) -> Iterator[Compared]:
    """Every member that was not left out, one by one: a page of them is in memory at most."""
    for page in outcomes(connection, campaign.id):
        yield from (_compared(one, ring) for one in page)


def _compared(one: SealedOutcome, ring: KeyRing) -> Compared:
    key = _key(one, ring)
    before = _open(key, one, one.before)
    told = Compared(
        reference=one.reference,
        structure=one.structure,
        status=one.status,
        reason=one.reason,
        before_version=one.before_version,
        before=None if before is None else amounts_of(before),
        after=None if before is None or not one.same else amounts_of(before),
        same=one.same,
    )
    return told if one.after is None else _with_after(told, one, one.after, key)


def _with_after(told: Compared, one: SealedOutcome, after: After, key: DataKey | None) -> Compared:
    first, *later = (_open(key, one, sealed) for sealed in (after.sealed, *after.later))
    return replace(
        told,
        version=after.version,
        valid_from=after.valid_from.isoformat(),
        kind=after.kind,
        proposed=after.proposed,
        because=after.because,
        after=None if first is None else amounts_of(first),
        owed_cents=sum_owed([owed_of(content) for content in (first, *later) if content]),
    )


def _key(one: SealedOutcome, ring: KeyRing) -> DataKey | None:
    """Its data key; None when nothing of it opens any more."""
    try:
        return None if one.key is None else ring.unwrap(one.key)
    except SealingError:
        return None


def _open(key: DataKey | None, one: SealedOutcome, sealed: bytes) -> bytes | None:
    try:
        return None if key is None else key.open(sealed, place=decision_place(one.id))
    except SealingError:
        return None
