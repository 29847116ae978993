"""`berceau review`: the commands, and the words in which they are asked."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import typer

from services.command.review import options as o
from shared.states import Status

if TYPE_CHECKING:
    from services.command.review.figures import Figures
    from shared.protocol.reviewing.waiting import Filter
    from shared.signing import Author

app = typer.Typer(help="Dossiers qui attendent une personne : voir, régler.", no_args_is_help=True)
_WRONG = 2
_MOST = 10_000  # proposals of one batch


@app.callback()
def _review() -> None:
    """Dossiers qui attendent une personne : voir, régler."""


@app.command("list")
def list_waiting(
    *,
    authority: o.AuthorityCode = None,
    scheme: o.SchemeCode = None,
    reason: o.WaitsFor = None,
    state: o.State = None,
    campaign: o.Campaign = None,
    older: o.Older = None,
    clock: o.Clock = None,
    after: o.After = None,
    limit: o.Limit = 50,
    as_json: o.AsJson = False,
) -> None:
    """Montre ce qui attend une personne, le plus ancien d'abord, sans donnée personnelle."""
    from services.command.review import listing  # noqa: PLC0415 -- quick help
    from services.command.review.office import at_office  # noqa: PLC0415 -- idem

    wanted = _filter(
        authority=authority,
        scheme=scheme,
        reason=reason,
        campaign=campaign,
        state=state,
        older=older,
        clock=clock,
    )
    with at_office() as office:
        listing.list_waiting(office, wanted, after=after, most=limit, as_json=as_json)


@app.command("show")
def show(reference: o.Reference, *, as_json: o.AsJson = False) -> None:
    """Ouvre un dossier : demande, données, proposition, ce qu'il faut faire. C'est noté."""
    from services.command.review import showing  # noqa: PLC0415 -- quick help
    from services.command.review.office import at_office  # noqa: PLC0415 -- idem

    with at_office() as office:
        showing.show(office, office.found(reference), as_json=as_json)


@app.command("validate")
def validate(
    reference: o.One = None,
    *,
    every: o.Every = False,
    version: o.Version = None,
    authority: o.AuthorityCode = None,
    scheme: o.SchemeCode = None,
    reason: o.WaitsFor = None,
    campaign: o.Campaign = None,
    older: o.Older = None,
    clock: o.Clock = None,
    identity_checked: o.Checked = False,
    ground: o.LateGround = None,
    agent: o.Agent = None,
    yes: o.Confirmed = False,
    as_json: o.AsJson = False,
) -> None:
    """Valide un tarif proposé, ou tous ceux d'un lot relu ; l'auteur en est nommé."""
    from services.command.review import batches, validating  # noqa: PLC0415 -- quick help
    from services.command.review.office import at_office  # noqa: PLC0415 -- idem
    from services.command.review.telling import end  # noqa: PLC0415 -- idem

    if (reference is None) is not every or (every and (version or identity_checked)):
        _ask_better("Donnez une référence, ou --all avec ses filtres (sans --version ni identité).")
    author = _author(agent)
    with at_office() as office:
        if reference is not None:
            versions = {office.found(reference): version}
        else:
            state = Status.PROPOSED
            wanted = _filter(
                authority=authority,
                scheme=scheme,
                reason=reason,
                campaign=campaign,
                state=state,
                older=older,
                clock=clock,
            )
            versions = batches.reviewed(office, wanted, most=_MOST, yes=yes)
        asked = validating.Yes(
            versions=versions,
            identity_checked=identity_checked,
            ground=ground,
            agent=author,
            batch=every,
        )
        end(validating.validate(office, asked), as_json=as_json, batch=every)


@app.command("decide")
def decide(
    reference: o.Reference,
    *,
    figures: o.FiguresFile = None,
    no_fee: o.NoFee = None,
    again: o.AskAgain = False,
    ground: o.Ground = None,
    starts: o.On = None,
    identity_checked: o.Checked = False,
    agent: o.Agent = None,
    as_json: o.AsJson = False,
) -> None:
    """Décide à la place de la machine : des chiffres, aucun tarif, ou une nouvelle demande."""
    from services.command.review import deciding, returning  # noqa: PLC0415 -- quick help
    from services.command.review.office import at_office  # noqa: PLC0415 -- idem
    from services.command.review.telling import end  # noqa: PLC0415 -- idem

    if [figures is not None, no_fee is not None, again].count(True) != 1:
        _ask_better("Donnez l'un des trois : --figures, --no-fee ou --again.")
    if not again and ground is None:
        _ask_better("Donnez --ground : une décision prise par un agent dit sur quoi elle se fonde.")
    author, read = _author(agent), _figures(figures)
    with at_office() as office:
        id_ = office.found(reference)
        if again or ground is None:
            came = returning.ask_again(office, id_, returning.Again(ground, starts))
        else:
            choice = deciding.Choice(
                figures=read,
                no_fee=no_fee,
                ground=ground,
                starts=starts,
                identity_checked=identity_checked,
                agent=author,
            )
            came = deciding.decide(office, id_, choice)
        end(came, as_json=as_json)


@app.command("ask")
def ask(
    reference: o.Reference,
    *,
    piece: o.Pieces = None,
    days: o.Days = 30,
    answered: o.Answered = False,
    as_json: o.AsJson = False,
) -> None:
    """Demande des pièces, ce qui arrête le délai légal ; « --answered » le fait repartir."""
    from services.command.review import returning  # noqa: PLC0415 -- quick help
    from services.command.review.office import at_office  # noqa: PLC0415 -- idem
    from services.command.review.telling import end  # noqa: PLC0415 -- idem

    if bool(piece) is answered:
        _ask_better("Donnez --piece, autant de fois qu'il faut, ou --answered.")
    with at_office() as office:
        id_ = office.found(reference)
        if answered:
            came = returning.answered(office, id_)
        else:
            until = office.today + timedelta(days=days)
            wanted = returning.Wanted(tuple(dict.fromkeys(piece or ())), until)
            came = returning.ask(office, id_, wanted)
        end(came, as_json=as_json)


@app.command("close")
def close(
    reference: o.Reference,
    *,
    ground: o.Closing,
    as_json: o.AsJson = False,
) -> None:
    """Clôt un dossier sans décision, avec un motif ; la famille peut en déposer un autre."""
    from services.command.review import returning  # noqa: PLC0415 -- quick help
    from services.command.review.office import at_office  # noqa: PLC0415 -- idem
    from services.command.review.telling import end  # noqa: PLC0415 -- idem

    with at_office() as office:
        came = returning.close(office, office.found(reference), ground)
        end(came, as_json=as_json)


def _filter(
    *,
    older: int | None,
    clock: int | None,
    state: Status | None,
    **codes: Any,  # noqa: ANN401 - text, or a reason
) -> "Filter":
    """What is asked to be kept; `codes` are those of authority, scheme, reason and campaign."""
    from shared.protocol.reviewing.waiting import WAITING, Filter  # noqa: PLC0415 -- quick help

    if state is not None and state not in WAITING:
        _ask_better(f"--state : choisissez {' ou '.join(WAITING)}.")
    since = None if older is None else datetime.now(UTC) - timedelta(days=older)
    return Filter(**codes, state=state, moved_before=since, clock_within=clock)


def _author(file: Path | None) -> "Author | None":
    from services.command.records.desk import telling  # noqa: PLC0415 -- quick help
    from services.command.review.figures import read_agent  # noqa: PLC0415 -- idem

    with telling():
        return None if file is None else read_agent(file)


def _figures(file: Path | None) -> "Figures | None":
    from services.command.records.desk import telling  # noqa: PLC0415 -- quick help
    from services.command.review.figures import read_figures  # noqa: PLC0415 -- idem

    with telling():
        return None if file is None else read_figures(file)


def _ask_better(sentence: str) -> NoReturn:
    typer.echo(sentence, err=True)
    raise typer.Exit(_WRONG)
