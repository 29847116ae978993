"""A fault of a tariff, with its remedy in French and the place, inside its part, that it is at."""

from pydantic_core import PydanticCustomError

Step = int | str


def fault(kind: str, remedy: str, *, at: tuple[Step, ...] = ()) -> PydanticCustomError:
    """What a validator raises; `at` leads from the part that it validates to the fault."""
    return PydanticCustomError(kind, "{remedy}", {"remedy": remedy, "at": at})
