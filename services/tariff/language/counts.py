"""Counts of children and ranks as a tariff writes them: `2`, `4-7` or `8+`."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated

from pydantic import Field

from services.tariff.language.faults import fault

Count = Annotated[str, Field(pattern=r"^[1-9]\d?(-[1-9]\d?|\+)?$", examples=["2", "4-7", "8+"])]


@dataclass(frozen=True, slots=True)
class Span:
    """So many, from `first` to `last`, both included; None when it is open."""

    first: int
    last: int | None

    @classmethod
    def read(cls, text: str) -> "Span":
        """Read `2`, `4-7` or `8+`."""
        first, _, last = text.rstrip("+").partition("-")
        return cls(int(first), None if text.endswith("+") else int(last or first))

    def holds(self, count: int) -> bool:
        """Whether this count is among them."""
        return self.first <= count and (self.last is None or count <= self.last)


def refuse_broken_counts(counts: Sequence[str], *, first: int, at: str) -> None:
    """Refuse counts that do not follow each other, from `first` to a last one that is open.

    Raises:
        PydanticCustomError: at the count that breaks the sequence.
    """
    if not counts:
        return
    expected: int | None = first
    for n, text in enumerate(counts):
        span = Span.read(text)
        if span.first != expected or (span.last is not None and span.last < span.first):
            raise _misplaced(text, expected, at=(at, n))
        expected = None if span.last is None else span.last + 1
    if expected is not None:
        raise fault(
            "counts_end",
            f'la dernière ligne est ouverte, par exemple "{expected}+"',
            at=(at, len(counts) - 1),
        )


def _misplaced(text: str, expected: int | None, *, at: tuple[str, int]) -> Exception:
    wanted = "plus rien n'est attendu" if expected is None else f"{expected} est attendu"
    return fault(
        "counts_cover",
        f"« {text} » : {wanted} ici ; les lignes se suivent sans trou ni chevauchement jusqu'à une "
        "dernière, ouverte",
        at=at,
    )
