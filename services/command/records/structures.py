"""`berceau structure`."""

from services.command.records import options as o
from services.command.records.groups import change, create, documents, group
from services.command.records.kinds import Kind

app = group(Kind.STRUCTURE, "Établissements d'une collectivité.")


@app.command("create")
def create_structure(
    code: o.Code,
    *,
    authority: o.Authority,
    name: o.Name,
    care_type: o.CareType,
    details_file: o.DetailsFile = None,
) -> None:
    """Crée un établissement."""
    told, places = documents(details=details_file)
    given = {"code": code, "authority": authority, "name": name, "care_types": care_type, **told}
    create(Kind.STRUCTURE, given, places=places)


@app.command("change")
def change_structure(
    code: o.Code,
    *,
    authority: o.Authority,
    name: o.Name = None,
    care_type: o.CareType = None,
    details_file: o.DetailsFile = None,
) -> None:
    """Change ce qui est donné d'un établissement."""
    told, places = documents(details=details_file)
    given = {"name": name, "care_types": care_type, **told}
    change(Kind.STRUCTURE, f"{authority}/{code}", given, places=places)
