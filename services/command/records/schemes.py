"""`berceau scheme`."""

from services.command.records import options as o
from services.command.records.groups import change, create, documents, group
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
    rules_file: o.RulesFile = None,
) -> None:
    """Crée un dispositif ; par défaut, un agent valide chaque tarif."""
    told, places = documents(rules=rules_file)
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
        **told,
    }
    create(Kind.SCHEME, given, places=places)


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
    rules_file: o.RulesFile = None,
) -> None:
    """Change ce qui est donné d'un dispositif."""
    told, places = documents(rules=rules_file)
    given = {
        "habilitation": habilitation,
        "name": name,
        "profile": profile,
        "tariff": tariff,
        "validation": validation,
        "automatic_ground": automatic_ground,
        "stages": stage,
        **told,
    }
    change(Kind.SCHEME, f"{authority}/{code}", given, places=places)
