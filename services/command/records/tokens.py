"""The tokens of habilitations: sealed under the key ring, never shown, never exported.

A habilitation without a token is paused from its first moment: its applications wait, and no call
leaves without a token. Its token given, `berceau resume` lets it call.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from uuid import UUID

from sqlalchemy import Connection, insert, select

from services.command.records import source
from services.command.records.faults import Fault, RecordsError, why
from shared.errors import SealingError
from shared.protocol.switching import habilitation_switch
from shared.sealing import KeyRing
from shared.store.parties import HabilitationRow
from shared.store.tables import SwitchRow

_WAITS = "Jeton à donner : « berceau habilitation change {code} --token-file FICHIER »"
_LONGEST = 16_384
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


def read_token(file: Path) -> str:
    """The token that a file holds, or stdin (`-`).

    Raises:
        RecordsError: it cannot be read, or holds no token.
    """
    try:
        read = source.read(file, _LONGEST)
    except OSError as unread:
        raise _refused(f"« {file} » ne peut pas être lu ({why(unread)})") from None
    if len(read) > _LONGEST:
        raise _refused("ce fichier est trop long pour un jeton : vérifiez lequel c'est")
    token = read.decode("ascii", "replace").strip()
    if not token.isascii() or not token.isprintable() or " " in token or not token:
        raise _refused("un jeton tient sur une ligne, sans espace ni accent : recopiez-le entier")
    return token


def _refused(said: str) -> RecordsError:
    return RecordsError(Fault("--token-file", said))


def wait_for_one(connection: Connection, id_: UUID, code: str, *, by: str) -> None:
    """Pause a new habilitation until somebody gives its token and resumes it."""
    values = {"name": habilitation_switch(id_), "reason": _WAITS.format(code=code), "set_by": by}
    connection.execute(insert(SwitchRow), values)
