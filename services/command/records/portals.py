"""`berceau portal`."""

from services.command.records import options as o
from services.command.records.groups import change, create, group
from services.command.records.kinds import Kind
from services.command.records.portal_keys import app as keys
from services.command.records.portal_webhooks import app as webhooks

app = group(Kind.PORTAL, "Portails familles, leurs clés, leur webhook.")
app.add_typer(keys, name="key")
app.add_typer(webhooks, name="webhook")


@app.command("create")
def create_portal(
    code: o.Code,
    *,
    authority: o.Authority,
    name: o.Name,
    requests_per_minute: o.RequestsPerMinute = None,
) -> None:
    """Crée un portail ; il lui faut ensuite une clé."""
    given = {"code": code, "authority": authority, "name": name}
    create(Kind.PORTAL, given | {"requests_per_minute": requests_per_minute})


@app.command("change")
def change_portal(
    code: o.Code, *, name: o.Name = None, requests_per_minute: o.RequestsPerMinute = None
) -> None:
    """Change ce qui est donné d'un portail."""
    change(Kind.PORTAL, code, {"name": name, "requests_per_minute": requests_per_minute})
