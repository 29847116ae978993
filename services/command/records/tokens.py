"""The tokens of habilitations: sealed under the key ring, never shown, never exported.

A habilitation without a token is paused from its first moment: its applications wait, and no call
leaves without a token. Its token given, `berceau resume` lets it call.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from uuid import UUID

from sqlalchemy import Connection, insert, select

from shared.errors import SealingError
from shared.protocol.switching import habilitation_switch
from shared.sealing import KeyRing
from shared.store.parties import HabilitationRow
from shared.store.tables import SwitchRow

_WAITS = "Jeton à donner : « berceau habilitation change {code} --token-file FICHIER »"
_STORED = select(HabilitationRow.sealed_token)


@dataclass(frozen=True, slots=True, repr=False)
class Tokens:
    """The ring, and the tokens that come with a set of records, in the clear, by code."""

    ring: KeyRing
    given: Mapping[str, str] = field(default_factory=dict)

    def first(self, code: str) -> bytes:
        """The sealed token of a new habilitation; that of none is empty."""
        return self.ring.seal_secret(self.given.get(code, ""))

    def newer(self, connection: Connection, code: str, id_: UUID) -> bytes | None:
        """The sealed token given to a habilitation that stands, if it has not got it already."""
        token = self.given.get(code)
        if token is None:
            return None
        stored = connection.execute(_STORED.where(HabilitationRow.id == id_)).scalar_one()
        return None if self._opens_to(stored, token) else self.ring.seal_secret(token)

    def _opens_to(self, sealed: bytes, token: str) -> bool:
        try:
            return self.ring.open_secret(sealed) == token
        except SealingError:
            return False


def wait_for_one(connection: Connection, id_: UUID, code: str, *, by: str) -> None:
    """Pause a new habilitation until somebody gives its token and resumes it."""
    values = {"name": habilitation_switch(id_), "reason": _WAITS.format(code=code), "set_by": by}
    connection.execute(insert(SwitchRow), values)
