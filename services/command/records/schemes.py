"""`berceau scheme`."""

from services.command.records import options as o
from services.command.records.groups import change, create, group
from services.command.records.kinds import Kind

app = group(Kind.SCHEME, "Dispositifs : ce qu'une collectivité tarife.")


@app.command("create")
def create_scheme(
    code: o.Code,
    *,
    authority: o.Authority,
    habilitation: o.Habilitation,
    name: o.Name,
    profile: o.Profile = None,
    tariff: o.Tariff = None,
    validation: o.Validation = None,
    automatic_ground: o.AutomaticGround = None,
    stage: o.Stage = None,
) -> None:
    """Crée un dispositif ; par défaut, un agent valide chaque tarif."""
    given = {
        "code": code,
        "authority": authority,
        "habilitation": habilitation,
        "name": name,
        "profile": profile,
        "tariff": tariff,
        "validation": validation,
        "automatic_ground": automatic_ground,
        "stages": stage,
    }
    create(Kind.SCHEME, given)


@app.command("change")
def change_scheme(
    code: o.Code,
    *,
    authority: o.Authority,
    habilitation: o.Habilitation = None,
    name: o.Name = None,
    profile: o.Profile = None,
    tariff: o.Tariff = None,
    validation: o.Validation = None,
    automatic_ground: o.AutomaticGround = None,
    stage: o.Stage = None,
) -> None:
    """Change ce qui est donné d'un dispositif."""
    given = {
        "habilitation": habilitation,
        "name": name,
        "profile": profile,
        "tariff": tariff,
        "validation": validation,
        "automatic_ground": automatic_ground,
        "stages": stage,
    }
    change(Kind.SCHEME, f"{authority}/{code}", given)
