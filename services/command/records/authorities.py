"""`berceau authority`."""

from services.command.records import options as o
from services.command.records.groups import change, create, group
from services.command.records.kinds import Kind

app = group(Kind.AUTHORITY, "Collectivités : communes, EPCI, CCAS, départements.")


@app.command("create")
def create_authority(code: o.Code, *, name: o.Name, kind: o.AuthorityKind, siret: o.Siret) -> None:
    """Crée une collectivité."""
    create(Kind.AUTHORITY, {"code": code, "name": name, "kind": kind, "siret": siret})


@app.command("change")
def change_authority(
    code: o.Code,
    *,
    name: o.Name = None,
    kind: o.AuthorityKind = None,
    siret: o.Siret = None,
) -> None:
    """Change ce qui est donné d'une collectivité."""
    change(Kind.AUTHORITY, code, {"name": name, "kind": kind, "siret": siret})
