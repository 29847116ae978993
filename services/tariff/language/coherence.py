"""What the parts of a local tariff must agree on, when each is right by itself."""

from collections import Counter
from collections.abc import Sequence

from services.tariff.language.faults import Step, fault
from services.tariff.language.grids import (
    Span,
    refuse_broken_bands,
    refuse_unreachable_cents,
)
from services.tariff.language.measure import FIT, Measure
from services.tariff.language.modifiers import Modifier, NonResident, Reduction, Surcharge
from services.tariff.language.words import Bounds, Profile


def refuse_unfit_measure(measure: Measure, profile: Profile) -> None:
    """Refuse a measure that the evidence profile never gives.

    Raises:
        PydanticCustomError: at the measure.
    """
    fit = FIT[measure.kind]
    if profile not in fit:
        wanted = " ou ".join(sorted(fit))
        raise fault(
            "measure_unfit",
            f"« {measure.kind} » ne se lit pas dans le profil « {profile} » : écrivez "
            f"evidence_profile: {wanted}",
            at=("measure", "kind"),
        )


def refuse_twins(modifiers: Sequence[Modifier]) -> None:
    """Refuse a modifier said twice; reductions differ by name, surcharges by label.

    Raises:
        PydanticCustomError: at the second.
    """
    seen: Counter[tuple[str, str]] = Counter()
    for n, modifier in enumerate(modifiers):
        key = _key(modifier)
        if seen[key]:
            raise fault(
                "modifier_twin",
                "cette règle est dite deux fois : gardez-en une",
                at=("modifiers", n),
            )
        seen[key] += 1


def _key(modifier: Modifier) -> tuple[str, str]:
    match modifier:
        case Reduction(name=name):
            return modifier.kind, name
        case Surcharge(label=label):
            return modifier.kind, label
        case _:
            return modifier.kind, ""


def refuse_foreign_grid(modifiers: Sequence[Modifier]) -> None:
    """Refuse a grid for non-residents where residents have none.

    Raises:
        PydanticCustomError: at the modifier.
    """
    for n, modifier in enumerate(modifiers):
        if isinstance(modifier, NonResident) and modifier.grid is not None:
            raise fault(
                "grid_foreign",
                "une grille pour les non-résidents va avec la méthode bands : écrivez un factor, "
                "un add, un percent ou un price",
                at=("modifiers", n, "grid"),
            )


def refuse_broken_grids(
    measure: Measure, bounds: Bounds, grid: Sequence[Span], modifiers: Sequence[Modifier]
) -> None:
    """Refuse grids that the convention of bounds or the cut makes unreachable.

    Raises:
        PydanticCustomError: at the band.
    """
    refuse_unreachable(measure, bounds, grid, at=("bands", "grid"))
    for n, modifier in enumerate(modifiers):
        if isinstance(modifier, NonResident) and modifier.grid is not None:
            at = ("modifiers", n, "grid")
            refuse_broken_bands(modifier.grid, bounds, at=at)
            refuse_unreachable(measure, bounds, modifier.grid, at=at)


def refuse_unreachable(
    measure: Measure, bounds: Bounds, grid: Sequence[Span], *, at: tuple[Step, ...]
) -> None:
    """Refuse bands that no measure can be in, and bounds that would leave one between two bands.

    Raises:
        PydanticCustomError: at the band, or at the measure.
    """
    if bounds is Bounds.BOTH_INCLUDED:
        _refuse_cents_between(measure, grid, at=at)
    if measure.cut is not None:
        refuse_unreachable_cents(grid, bounds, at=at)


def _refuse_cents_between(measure: Measure, grid: Sequence[Span], *, at: tuple[Step, ...]) -> None:
    if measure.cut is None:
        raise fault(
            "bounds_cut",
            "both_included laisse 399,50 entre 0-399 et 400-599 : écrivez cut: euro",
            at=("measure",),
        )
    for n, span in enumerate(grid):
        if any(bound is not None and bound % 1 for bound in (span.lower, span.upper)):
            raise fault(
                "bounds_whole", "avec both_included, les bornes sont des euros entiers", at=(*at, n)
            )
