"""`berceau habilitation`."""

from pathlib import Path

from services.command.records import options as o
from services.command.records.groups import change, create, group
from services.command.records.kinds import Kind

app = group(Kind.HABILITATION, "Droits d'appeler l'État, et leurs jetons.")


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
    create(Kind.HABILITATION, given, token=_token(token_file))


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
    change(Kind.HABILITATION, code, given, token=_token(token_file))


def _token(file: Path | None) -> str | None:
    """The token in a file or on stdin; an argument would be seen by every user of the machine."""
    from services.command.records.desk import telling  # noqa: PLC0415 -- quick help
    from services.command.records.tokens import read_token  # noqa: PLC0415 -- idem

    with telling():
        return None if file is None else read_token(file)


def _figures(ends: str | None, pace: str | None, burst: str | None) -> dict[str, str | None]:
    return {"token_expires_at": ends, "pace": pace, "burst": burst}
