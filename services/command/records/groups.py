"""A group of commands for each kind of record, with the verbs that are the same for all.

What works is imported when it is asked for, so that `--help` stays quick.
"""

from collections.abc import Mapping
from pathlib import Path

import typer

from services.command.records import options as o
from services.command.records.kinds import Format, Kind
from services.command.records.place import NO_FILE, Places, Value

Given = Mapping[str, Value | None]


def group(kind: Kind, what: str) -> typer.Typer:
    """The group of a kind: show, list, import and export; create and change are its own."""
    app = typer.Typer(help=what, no_args_is_help=True)
    (_show_within if kind.within else _show)(app, kind)
    _list(app, kind)
    _exchange(app, kind)
    return app


def create(kind: Kind, given: Given, *, token: str | None = None, places: Places = NO_FILE) -> None:
    """Create a record from what its command was given, some of it perhaps in a file."""
    from services.command.records import verbs  # noqa: PLC0415 -- quick help

    verbs.create(kind, given, token=token, places=places)


def change(
    kind: Kind, address: str, given: Given, *, token: str | None = None, places: Places = NO_FILE
) -> None:
    """Change a record by what its command was given."""
    from services.command.records import verbs  # noqa: PLC0415 -- quick help

    verbs.change(kind, address, given, token=token, places=places)


def documents(**files: Path | None) -> tuple[dict[str, Value], Places]:
    """What files say of fields with fields of their own: it takes the place of what stands."""
    from services.command.records.desk import telling  # noqa: PLC0415 -- quick help
    from services.command.records.files import read_document  # noqa: PLC0415 -- idem

    with telling():
        read = {n: read_document(file, n) for n, file in files.items() if file is not None}
    return {n: value for n, (value, _) in read.items()}, {n: at for n, (_, at) in read.items()}


def _show(app: typer.Typer, kind: Kind) -> None:
    @app.command("show")
    def show(code: o.Code, *, as_json: o.AsJson = False) -> None:
        """Montre une fiche."""
        from services.command.records import verbs  # noqa: PLC0415 -- quick help

        verbs.show(kind, code, as_json=as_json)


def _show_within(app: typer.Typer, kind: Kind) -> None:
    @app.command("show")
    def show(code: o.Code, *, authority: o.Authority, as_json: o.AsJson = False) -> None:
        """Montre une fiche."""
        from services.command.records import verbs  # noqa: PLC0415 -- quick help

        verbs.show(kind, f"{authority}/{code}", as_json=as_json)


def _list(app: typer.Typer, kind: Kind) -> None:
    @app.command("list")
    def list_all(*, as_json: o.AsJson = False) -> None:
        """Montre tout, une ligne chacun."""
        from services.command.records import verbs  # noqa: PLC0415 -- quick help

        verbs.list_all(kind, as_json=as_json)


def _exchange(app: typer.Typer, kind: Kind) -> None:
    @app.command("import")
    def bring_in(source: o.Source) -> None:
        """Crée et change ce que dit un fichier : tout, ou rien."""
        from services.command.records import verbs  # noqa: PLC0415 -- quick help

        verbs.bring_in(source, kind)

    @app.command("export")
    def put_out(
        *, form: o.Form = Format.YAML, out: o.Out = None, as_json: o.AsJson = False
    ) -> None:
        """Écrit tout, sans jeton ni clé, pour « import »."""
        from services.command.records import verbs  # noqa: PLC0415 -- quick help

        verbs.put_out(form, out, kind, as_json=as_json)
