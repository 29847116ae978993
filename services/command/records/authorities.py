"""`berceau authority`."""

from services.command.records import options as o
from services.command.records.groups import change, create, documents, group
from services.command.records.kinds import Kind

app = group(Kind.AUTHORITY, "Collectivités : communes, EPCI, CCAS, départements.")


@app.command("create")
def create_authority(
    code: o.Code,
    *,
    name: o.Name,
    kind: o.AuthorityKind,
    siret: o.Siret,
    colour: o.Colour = None,
    signatories_file: o.SignatoriesFile = None,
    contact_file: o.ContactFile = None,
) -> None:
    """Crée une collectivité."""
    told, places = documents(signatories=signatories_file, contact=contact_file)
    given = {"code": code, "name": name, "kind": kind, "siret": siret, "colour": colour, **told}
    create(Kind.AUTHORITY, given, places=places)


@app.command("change")
def change_authority(
    code: o.Code,
    *,
    name: o.Name = None,
    kind: o.AuthorityKind = None,
    siret: o.Siret = None,
    colour: o.Colour = None,
    signatories_file: o.SignatoriesFile = None,
    contact_file: o.ContactFile = None,
) -> None:
    """Change ce qui est donné d'une collectivité."""
    told, places = documents(signatories=signatories_file, contact=contact_file)
    given = {"name": name, "kind": kind, "siret": siret, "colour": colour, **told}
    change(Kind.AUTHORITY, code, given, places=places)
