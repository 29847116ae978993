"""The colour of the authority of whoever is signed in, as a style sheet of its own."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Self

from fastapi import Response
from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError

from services.console.house import House
from services.console.matrix import Reach, reads
from services.console.place import Place
from services.console.room import Room
from services.console.theme import theme_css
from services.console.visit import Visiting
from shared.roles import Scope
from shared.store.parties import AuthorityRow


@dataclass(frozen=True, slots=True)
class Colours:
    """Which colour a scope is shown in; None: ours."""

    of_scope: Callable[[Scope], str | None]

    @classmethod
    def of(cls, house: House) -> Self:
        """That of the one authority in reach; whoever reaches several is shown ours."""

        def read(scope: Scope) -> str | None:
            colours = select(AuthorityRow.colour).limit(2)
            with house.seen_by(scope).connect() as connection:
                found = connection.execute(colours).scalars().all()
            return found[0] if len(found) == 1 else None

        return cls(read)


def _open_routes(place: Place) -> None:
    colours = place.house.source(Colours)

    @place.get("/theme.css")
    def theme(visit: Visiting) -> Response:
        """Without a record pages are told in our own colour: they must be told."""
        try:
            signed = visit.house.door.who(visit.cookies.session)
            colour = None if signed is None else colours.of_scope(signed.person.scope)
        except SQLAlchemyError:
            colour = None
        return Response(theme_css(colour), media_type="text/css")


ROOM = Room(
    name="theme", rows=(reads("/theme.css", None, Reach.NOTHING),), open_routes=_open_routes
)
