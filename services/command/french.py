"""What typer says by itself (a wrong call, the edges of a help page), in French.

Typer has no other tongue than English: what it says of a wrong call is read by its form, and said
again. A form that is not known here is shown as it came, so that nothing is ever hidden.
"""

import re
import sys
from collections.abc import Callable, Mapping
from typing import Any

import typer
from typer.core import TyperGroup

_NO_BREAK = "\u00a0"
_Said = tuple[str, Callable[[re.Match[str]], str]]
_VALUES: tuple[_Said, ...] = (
    (r"Input should be a valid integer.*", lambda _: "un nombre entier est attendu."),
    (r"Input should be greater than or equal to (\S+)", lambda m: f"au moins {m[1]}."),
    (r"Input should be less than or equal to (\S+)", lambda m: f"au plus {m[1]}."),
    (
        r"Value error, '(.*)' is not one of (.+)\.",
        lambda m: f"{_quoted(m[1])} n'en est pas : choisissez {_one_of(m[2])}.",
    ),
    (r"file '(.+)' does not exist\.", lambda m: f"le fichier {_quoted(m[1])} n'existe pas."),
)
_CALLS: tuple[_Said, ...] = (
    (r"Missing argument '(.+)'\.", lambda m: f"Il manque {_quoted(m[1])}."),
    (r"Missing option '(.+)'\.", lambda m: f"Il manque l'option {_quoted(m[1])}."),
    (r"Missing command\.", lambda _: "Il manque une commande."),
    (r"Option '(.+)' requires an argument\.", lambda m: f"Il manque la valeur de {_quoted(m[1])}."),
    (
        r"Option '(.+)' does not take a value\.",
        lambda m: f"L'option {_quoted(m[1])} ne prend pas de valeur.",
    ),
    (
        r"No such command '(.+?)'\.(?: Did you mean (.+)\?)?",
        lambda m: f"Il n'y a pas de commande {_quoted(m[1])}.{_perhaps(m[2])}",
    ),
    (
        r"No such option: (\S+)(?: \(Possible options: (.+)\))?",
        lambda m: f"Il n'y a pas d'option {_quoted(m[1])}.{_perhaps(m[2])}",
    ),
    (r"Got unexpected extra argument\(s\) \((.+)\)", lambda m: f"De trop : {m[1]}."),
    (r"Invalid value for '?(.+?)'?: (.+)", lambda m: f"{m[1]} : {in_french(m[2], _VALUES)}"),
)


def in_french(message: str, forms: tuple[_Said, ...] = _CALLS) -> str:
    """What typer says of a wrong call, in French; the message itself when its form is unknown."""
    for form, said in forms:
        if found := re.fullmatch(form, message, re.DOTALL):
            return said(found).replace(" : ", f"{_NO_BREAK}: ").replace(" ?", f"{_NO_BREAK}?")
    return message


def _quoted(word: str) -> str:
    return f"«{_NO_BREAK}{word}{_NO_BREAK}»"


def _words(listed: str) -> list[str]:
    return [word.strip().strip("'") for word in listed.split(",")]


def _one_of(listed: str) -> str:
    *first, last = _words(listed)
    return f"{', '.join(first)} ou {last}" if first else last


def _perhaps(listed: str | None) -> str:
    return f" Peut-être {_one_of(listed)} ?" if listed else ""


class _Context(typer.Context):
    """A call, whose option of help says what it does in French."""

    def __init__(self, *words: Any, **more: Any) -> None:  # noqa: ANN401 - typer's own arguments
        super().__init__(*words, **more)
        shown = self.command.get_help_option(self)
        if shown is not None:
            shown.help = "Montre cette aide."

    def get_help(self) -> str:
        from typer import rich_utils  # noqa: PLC0415 -- whoever asks for no help waits for no page

        rich_utils.REQUIRED_LONG_STRING = "[obligatoire]"
        rich_utils.DEFAULT_STRING = f"[par défaut{_NO_BREAK}: {{}}]"
        return super().get_help()


class French(TyperGroup):
    """The root of a command, with all that is below it: typer's own words are French."""

    def __init__(self, **more: Any) -> None:  # noqa: ANN401 - typer's own arguments
        super().__init__(**more)
        _dress(self)

    def main(self, *words: Any, **more: Any) -> Any:  # noqa: ANN401 - typer's own arguments
        """Run the command, and say in French what is wrong with a call, with exit code 2."""
        try:
            code = super().main(*words, **{**more, "standalone_mode": False})
        except typer.TyperException as wrong:
            _tell(wrong)
            sys.exit(wrong.exit_code)
        except typer.Abort:
            typer.echo("Abandon.", err=True)
            sys.exit(1)
        sys.exit(code if isinstance(code, int) else 0)


def _dress(command: Any) -> None:  # noqa: ANN401 - typer's commands have no public type
    command.context_class = _Context
    below: Mapping[str, Any] = getattr(command, "commands", {})
    if below:
        command.subcommand_metavar = "COMMANDE [ARGUMENTS]…"
    for one in below.values():
        one.rich_help_panel = one.rich_help_panel or "Commandes"
        _dress(one)


def _tell(wrong: typer.TyperException) -> None:
    """The usage, what is wrong, and where help is; a help page that was shown is all there is."""
    said = wrong.format_message()
    if not said:
        return
    call = getattr(wrong, "ctx", None)
    if call is None:
        typer.echo(in_french(said), err=True)
        return
    typer.echo(call.get_usage().replace("Usage:", f"Usage{_NO_BREAK}:"), err=True)
    typer.echo(in_french(said), err=True)
    if call.help_option_names:
        typer.echo(f"Aide{_NO_BREAK}: {call.command_path} {call.help_option_names[-1]}", err=True)
