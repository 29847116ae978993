"""`berceau habilitation`."""

from pathlib import Path

from services.command.habilitation import commands
from services.command.records import options as o
from services.command.records.groups import change, create, documents, group
from services.command.records.kinds import Kind

app = group(Kind.HABILITATION, "Droits d'appeler l'État, leurs jetons et leurs dossiers.")
app.command("check")(commands.check)
app.command("dossier")(commands.dossier)


@app.command("create")
def create_habilitation(
    code: o.Code,
    *,
    authority: o.Authority,
    recipient: o.Recipient,
    provider: o.Provider = None,
    endpoint: o.Endpoint = None,
    delegation_id: o.DelegationId = None,
    token_file: o.TokenFile = None,
    token_expires_at: o.TokenExpiresAt = None,
    pace: o.Pace = None,
    burst: o.Burst = None,
    dossier_file: o.DossierFile = None,
) -> None:
    """Crée une habilitation ; sans jeton, ses appels attendent."""
    told, places = documents(dossier=dossier_file)
    given = {
        "code": code,
        "authority": authority,
        "recipient": recipient,
        "provider": provider,
        "endpoints": endpoint,
        "delegation_id": delegation_id,
        "token_expires_at": token_expires_at,
        "pace": pace,
        "burst": burst,
        **told,
    }
    create(Kind.HABILITATION, given, token=_token(token_file), places=places)


@app.command("change")
def change_habilitation(
    code: o.Code,
    *,
    recipient: o.Recipient = None,
    provider: o.Provider = None,
    endpoint: o.Endpoint = None,
    delegation_id: o.DelegationId = None,
    token_file: o.TokenFile = None,
    token_expires_at: o.TokenExpiresAt = None,
    pace: o.Pace = None,
    burst: o.Burst = None,
    dossier_file: o.DossierFile = None,
) -> None:
    """Change ce qui est donné d'une habilitation, son jeton compris."""
    told, places = documents(dossier=dossier_file)
    given = {
        "recipient": recipient,
        "provider": provider,
        "endpoints": endpoint,
        "delegation_id": delegation_id,
        "token_expires_at": token_expires_at,
        "pace": pace,
        "burst": burst,
        **told,
    }
    change(Kind.HABILITATION, code, given, token=_token(token_file), places=places)


def _token(file: Path | None) -> str | None:
    """The token in a file or on stdin; an argument would be seen by every user of the machine."""
    from services.command.records.desk import telling  # noqa: PLC0415 -- quick help
    from services.command.records.tokens import read_token  # noqa: PLC0415 -- idem

    with telling():
        return None if file is None else read_token(file)
