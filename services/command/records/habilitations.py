"""`berceau habilitation`."""

import sys
from pathlib import Path

import typer

from services.command.records import options as o
from services.command.records.groups import change, create, group
from services.command.records.kinds import Kind

app = group(Kind.HABILITATION, "Droits d'appeler l'État, et leurs jetons.")
_STDIN = Path("-")
_LONGEST_TOKEN = 16_384


@app.command("create")
def create_habilitation(
    code: o.Code,
    *,
    authority: o.Authority,
    recipient: o.Recipient,
    token_file: o.TokenFile = None,
    token_expires_at: o.TokenExpiresAt = None,
    pace: o.Pace = None,
    burst: o.Burst = None,
) -> None:
    """Crée une habilitation ; sans jeton, ses appels attendent."""
    given = {"code": code, "authority": authority, "recipient": recipient}
    given |= _figures(token_expires_at, pace, burst)
    create(Kind.HABILITATION, given, token=read_token(token_file))


@app.command("change")
def change_habilitation(
    code: o.Code,
    *,
    recipient: o.Recipient = None,
    token_file: o.TokenFile = None,
    token_expires_at: o.TokenExpiresAt = None,
    pace: o.Pace = None,
    burst: o.Burst = None,
) -> None:
    """Change ce qui est donné d'une habilitation, son jeton compris."""
    given = {"recipient": recipient} | _figures(token_expires_at, pace, burst)
    change(Kind.HABILITATION, code, given, token=read_token(token_file))


def read_token(file: Path | None) -> str | None:
    """The token in a file or on stdin; an argument would be seen by every user of the machine."""
    if file is None:
        return None
    try:
        stream = sys.stdin if file == _STDIN else file.open(encoding="ascii")
        with stream:
            token = stream.read(_LONGEST_TOKEN + 1).strip()
    except (OSError, UnicodeDecodeError):
        raise typer.BadParameter(f"{file.name} : ce fichier ne peut pas être lu.") from None
    if not token.isascii() or not token.isprintable() or " " in token or not token:
        raise typer.BadParameter("le jeton tient sur une ligne, sans espace : recopiez-le entier.")
    if len(token) > _LONGEST_TOKEN:
        raise typer.BadParameter("ce fichier est trop long pour un jeton : vérifiez lequel c'est.")
    return token


def _figures(ends: str | None, pace: str | None, burst: str | None) -> dict[str, str | None]:
    return {"token_expires_at": ends, "pace": pace, "burst": burst}
