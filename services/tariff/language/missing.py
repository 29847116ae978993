"""Missing data: what a tariff does when the figure that its price rests on did not come."""

from typing import Annotated, Literal

from pydantic import Discriminator, Tag

from services.tariff.language.figures import Price
from services.tariff.language.sourced import Sourced
from services.tariff.language.words import Missing


class FixedPrice(Sourced):
    """A price of a unit fixed for the year, for those of whom nothing is known, in euros.

    Structures publish one for emergency care and for children in foster care, drawn from the
    participations and the hours of the year before.
    """

    price: Price


def _form(value: object) -> Literal["word", "fixed"]:
    return "word" if isinstance(value, str) else "fixed"


MissingData = Annotated[
    Annotated[Missing, Tag("word")] | Annotated[FixedPrice, Tag("fixed")], Discriminator(_form)
]
