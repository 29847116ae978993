"""What is known of a structure beside its name: where it is, and when it is closed."""

from typing import Annotated

from pydantic import Field

from services.command.records.fields import Commune, Lines
from services.command.records.parts import Part

_Weeks = Annotated[int, Field(ge=0, le=52)]
_Days = Annotated[int, Field(ge=0, le=366)]


class Details(Part):
    """Where it stands, and how long it is closed in a year: whole weeks, and single days beside."""

    commune: Commune | None = None
    address: Lines = ()
    closure_weeks: _Weeks | None = None
    closure_days: _Days | None = None
