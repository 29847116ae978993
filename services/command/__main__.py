"""The `berceau` command. Each part is imported when it is asked for, so that `--help` is quick."""

import typer

from services.command import demonstration, keeping, migration, processes, switches
from services.command.campaign.commands import app as campaign
from services.command.campaign.correction import correct
from services.command.decision import commands as decision
from services.command.delivery.commands import app as delivery
from services.command.doctor import doctor
from services.command.export.commands import app as export
from services.command.french import French
from services.command.health import health
from services.command.ops.steering import app as ops
from services.command.person import commands as person
from services.command.provider import commands as provider
from services.command.records import authorities, habilitations, portals, schemes, structures, whole
from services.command.review import commands as review
from services.command.status import status
from services.command.tariff.commands import app as tariff

app = typer.Typer(
    name="berceau",
    cls=French,
    help="Berceau : des inscriptions sans papier, des tarifs certifiés et expliqués.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)

app.command(rich_help_panel="Essayer")(demonstration.demo)
app.command(rich_help_panel="Essayer")(demonstration.up)
app.command(rich_help_panel="Surveiller")(status)
app.command(rich_help_panel="Surveiller")(doctor)
app.command(rich_help_panel="Surveiller")(health)
app.add_typer(provider.app, name="provider", rich_help_panel="Surveiller")
app.add_typer(ops, name="ops", rich_help_panel="Surveiller")
app.command(rich_help_panel="Tenir")(switches.pause)
app.command(rich_help_panel="Tenir")(switches.resume)
app.command(rich_help_panel="Tenir")(migration.migrate)
app.add_typer(person.app, name="person", rich_help_panel="Tenir")
app.add_typer(keeping.keys, name="keys", rich_help_panel="Tenir")
app.add_typer(keeping.journal, name="journal", rich_help_panel="Tenir")
app.add_typer(delivery, name="delivery", rich_help_panel="Surveiller")
app.add_typer(decision.app, name="decision", rich_help_panel="Décider")
app.add_typer(export, name="export", rich_help_panel="Décider")
for _noun, _group in {
    "authority": authorities.app,
    "structure": structures.app,
    "habilitation": habilitations.app,
    "scheme": schemes.app,
    "portal": portals.app,
    "records": whole.app,
}.items():
    app.add_typer(_group, name=_noun, rich_help_panel="Régler")
app.add_typer(review.app, name="review", rich_help_panel="Décider")
tariff.command("correct")(correct)
app.add_typer(processes.with_tariff(tariff), name="tariff", rich_help_panel="Barèmes")
app.add_typer(campaign, name="campaign", rich_help_panel="Barèmes")
for _name, _process in processes.PROCESSES.items():
    app.command(
        _name, rich_help_panel="Faire tourner un service", context_settings=_process.context
    )(_process.run)


def main() -> None:
    """Run the command."""
    app()


if __name__ == "__main__":
    main()
