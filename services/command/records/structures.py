"""`berceau structure`."""

from services.command.records import options as o
from services.command.records.groups import change, create, group
from services.command.records.kinds import Kind

app = group(Kind.STRUCTURE, "Établissements d'une collectivité.")


@app.command("create")
def create_structure(
    code: o.Code, *, authority: o.Authority, name: o.Name, care_type: o.CareType
) -> None:
    """Crée un établissement."""
    given = {"code": code, "authority": authority, "name": name, "care_types": care_type}
    create(Kind.STRUCTURE, given)


@app.command("change")
def change_structure(
    code: o.Code,
    *,
    authority: o.Authority,
    name: o.Name = None,
    care_type: o.CareType = None,
) -> None:
    """Change ce qui est donné d'un établissement."""
    change(Kind.STRUCTURE, f"{authority}/{code}", {"name": name, "care_types": care_type})
