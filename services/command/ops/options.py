"""The options of `berceau ops`, said once: every filter is one, and is read as an address is."""

import inspect
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, fields
from datetime import UTC, datetime
from typing import Annotated, Any

import typer

from shared.review_acts import ClosedFor
from shared.states import Lane

FILTERS: Mapping[str, tuple[str, str]] = {
    "authority": ("CODE", "Collectivité."),
    "portal": ("CODE", "Portail."),
    "scheme": ("[COLLECTIVITÉ/]CODE", "Dispositif."),
    "structure": ("[COLLECTIVITÉ/]CODE", "Établissement."),
    "habilitation": ("CODE", "Habilitation."),
    "campaign": ("CODE", "Campagne."),
    "state": ("ÉTAT", "Dans cet état ; répétable."),
    "reason": ("MOTIF", "Pour ce motif."),
    "lane": ("VOIE", "now ou bulk."),
    "outcome": ("RÉPONSE", "Ce que l'État a répondu en dernier."),
    "older": ("DURÉE", "Reçu depuis au moins : 30min, 12h, 3d."),
    "younger": ("DURÉE", "Reçu depuis au plus."),
    "still": ("DURÉE", "Dans son état depuis au moins."),
    "due": ("", "Dû et libre."),
    "held": ("", "Entre les mains d'un processus."),
    "tried": ("NOMBRE", "Autant d'appels en échec d'affilée, au moins."),
}
_FLAGS = ("due", "held")
Pairs = list[tuple[str, str]]
Comment = Annotated[
    str | None,
    typer.Option(help="Pourquoi, sans rien d'une famille ; demandé s'il manque."),
]
Yes = Annotated[bool, typer.Option("--yes", help="Sans demander de confirmation.")]
AsJson = Annotated[bool, typer.Option("--json", help="Une ligne de JSON.")]
Wait = Annotated[bool, typer.Option("--wait", help="Suivre l'avancement jusqu'à la fin.")]
References = Annotated[
    list[str] | None, typer.Argument(metavar="[RÉFÉRENCE]…", help="Des dossiers ; ou des filtres.")
]
Saved = Annotated[str | None, typer.Option("--saved", help="Un filtre gardé, au lieu d'options.")]
Ground = Annotated[ClosedFor, typer.Option(help="Motif de la clôture.")]
Into = Annotated[Lane, typer.Option("--to", help="La voie où les mettre.")]


def _moment(text: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise typer.BadParameter(
            f"« {text} » n'est pas une date : écrivez 2027-01-05T08:00, en UTC."
        ) from None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


At = Annotated[
    datetime,
    typer.Option("--at", parser=_moment, metavar="AAAA-MM-JJTHH:MM", help="Quand, en UTC."),
]


@dataclass(frozen=True, slots=True)
class Asked:
    """What every order is given by: references, or filters; why; and how to go about it."""

    given: Pairs
    references: list[str] | None
    saved: str | None
    comment: str | None
    yes: bool
    wait: bool
    as_json: bool


def sought_by_options(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command every filter as an option; it receives them as pairs, `given`."""

    def run(**values: Any) -> None:  # noqa: ANN401 - typer's own values
        command(given=_given(values), **values)

    return _dressed(run, command, [*_own(command, "given"), *_parameters()])


def asked_by_options(command: Callable[..., None]) -> Callable[..., None]:
    """Give an order what every order is given by; it receives it as `asked`."""

    def run(**values: Any) -> None:  # noqa: ANN401 - typer's own values
        given = _given(values)
        names = [field.name for field in fields(Asked) if field.name != "given"]
        command(Asked(given, **{name: values.pop(name) for name in names}), **values)

    own = [*_references(), *_own(command, "asked"), *_how(), *_parameters()]
    return _dressed(run, command, own)


def _given(values: dict[str, Any]) -> Pairs:
    return [pair for name in FILTERS for pair in _pairs(name, values.pop(name))]


def _own(command: Callable[..., None], *but: str) -> list[inspect.Parameter]:
    return [one for one in inspect.signature(command).parameters.values() if one.name not in but]


def _dressed(
    run: Callable[..., None], as_: Callable[..., None], parameters: list[inspect.Parameter]
) -> Callable[..., None]:
    """The function with the name and the help of another, and with these parameters."""
    run.__name__, run.__doc__ = as_.__name__, as_.__doc__
    run.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]
    run.__annotations__ = {one.name: one.annotation for one in parameters}
    return run


def _references() -> Iterator[inspect.Parameter]:
    kind = inspect.Parameter.POSITIONAL_OR_KEYWORD
    yield inspect.Parameter("references", kind, default=None, annotation=References)


def _how() -> Iterator[inspect.Parameter]:
    kind = inspect.Parameter.KEYWORD_ONLY
    for name, default, annotation in (
        ("saved", None, Saved),
        ("comment", None, Comment),
        ("yes", False, Yes),
        ("wait", False, Wait),
        ("as_json", False, AsJson),
    ):
        yield inspect.Parameter(name, kind, default=default, annotation=annotation)


def _parameters() -> Iterator[inspect.Parameter]:
    for name, (shown, said) in FILTERS.items():
        kind: Any = str | None
        default: Any = None
        option = typer.Option(f"--{name}", metavar=shown or None, help=said)
        if name in _FLAGS:
            kind, default = bool, False
        elif name == "state":
            kind = list[str] | None
        yield inspect.Parameter(
            name,
            inspect.Parameter.KEYWORD_ONLY,
            default=default,
            annotation=Annotated[kind, option],
        )


def _pairs(name: str, value: Any) -> Iterator[tuple[str, str]]:  # noqa: ANN401 - typer's own value
    for one in value if isinstance(value, list) else [value]:
        if one not in (None, False):
            yield name, "1" if one is True else one
