"""The options of `berceau review`, said once."""

from datetime import UTC, date, datetime
from pathlib import Path
from typing import Annotated

import typer

from shared.reasons import Reason
from shared.review_acts import ClosedFor, DecidedOn, Piece
from shared.states import Status


def _day(text: str) -> date:
    try:
        return datetime.strptime(text, "%Y-%m-%d").replace(tzinfo=UTC).date()
    except ValueError:
        raise typer.BadParameter(f"« {text} » n'est pas une date : écrivez AAAA-MM-JJ.") from None


Reference = Annotated[str, typer.Argument(metavar="RÉFÉRENCE", help="Le dossier.")]
AuthorityCode = Annotated[str | None, typer.Option(help="Code de la collectivité.")]
SchemeCode = Annotated[str | None, typer.Option(help="Code du dispositif.")]
WaitsFor = Annotated[Reason | None, typer.Option(help="Motif d'attente.")]
Campaign = Annotated[str | None, typer.Option(help="Code de la campagne.")]
Older = Annotated[
    int | None, typer.Option(min=0, max=3_650, help="Attend depuis tant de jours au moins.")
]
Clock = Annotated[
    int | None,
    typer.Option(min=0, max=3_650, help="Le silence vaudrait réponse dans tant de jours au plus."),
]
AsJson = Annotated[bool, typer.Option("--json", help="Une ligne de JSON.")]
Agent = Annotated[
    Path | None,
    typer.Option(
        help="YAML de l'agent qui décide (first_name, last_name, function, service) ; sans lui, "
        "qui signe pour la collectivité."
    ),
]
Checked = Annotated[
    bool, typer.Option("--identity-checked", help="L'identité du demandeur a été contrôlée.")
]
On = Annotated[
    date | None,
    typer.Option(
        "--from",
        parser=_day,
        metavar="AAAA-MM-JJ",
        help="Premier jour de la nouvelle version d'un dossier déjà décidé.",
    ),
]
State = Annotated[Status | None, typer.Option(help="PROPOSED ou TO_REVIEW ; sans lui, les deux.")]
After = Annotated[
    str | None, typer.Option(metavar="RÉFÉRENCE", help="Page suivante : après ce dossier.")
]
Limit = Annotated[int, typer.Option(min=1, max=500, help="Lignes d'une page.")]
One = Annotated[str | None, typer.Argument(metavar="RÉFÉRENCE", help="Le dossier ; ou --all.")]
Every = Annotated[
    bool, typer.Option("--all", help="Toutes les propositions que gardent les filtres.")
]
Version = Annotated[
    int | None, typer.Option(min=1, help="La version relue : une autre est refusée.")
]
LateGround = Annotated[
    DecidedOn | None, typer.Option(help="Motif, pour un effet dans un mois commencé.")
]
Confirmed = Annotated[bool, typer.Option("--yes", help="Ne pas demander de confirmation.")]
FiguresFile = Annotated[
    Path | None,
    typer.Option(help="YAML des chiffres lus sur les pièces ; « - » lit l'entrée standard."),
]
NoFee = Annotated[
    Reason | None, typer.Option(help="Pourquoi aucun tarif, ou aucune aide, n'est fixé.")
]
AskAgain = Annotated[bool, typer.Option("--again", help="Redemander à l'État.")]
Ground = Annotated[DecidedOn | None, typer.Option(help="Sur quoi l'agent se fonde.")]
Pieces = Annotated[list[Piece] | None, typer.Option(help="Une pièce à remettre ; répétable.")]
Days = Annotated[int, typer.Option(min=1, max=365, help="Délai pour la remettre.")]
Answered = Annotated[bool, typer.Option("--answered", help="Les pièces demandées sont arrivées.")]
Closing = Annotated[ClosedFor, typer.Option(help="Pourquoi.")]
