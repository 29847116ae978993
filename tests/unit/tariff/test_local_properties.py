"""What no local tariff may ever do, whatever its figures and whoever the family."""

from decimal import Decimal
from fractions import Fraction
from itertools import pairwise

from hypothesis import assume, given
from hypothesis import strategies as st

from services.tariff.engine.decide import decide
from services.tariff.engine.fee import LocalFee
from services.tariff.engine.household import LocalSituation, Quotient
from services.tariff.language.grids import Span
from services.tariff.language.local import LocalTariff
from services.tariff.language.words import Bounds, Stage
from shared.decisions import Verdict
from shared.money import Money, Rounding
from tests.local_tariffs import ON, local, sourced

_CENT = Fraction(1, 100)
_LEVELS = st.decimals(min_value=0, max_value=5000, places=2)
_PRICES = st.decimals(min_value=0, max_value=20, places=3)
_QUOTIENTS = st.integers(min_value=1, max_value=600_000).map(Money)


def _family(quotient: Money, **known: object) -> LocalSituation:
    family = {"quotients": (Quotient("2026-09", quotient),), "resident": Verdict.YES, **known}
    return LocalSituation(**family)  # type: ignore[arg-type]


def _fee(tariff: LocalTariff, quotient: Money, **known: object) -> LocalFee:
    fee = decide(_family(quotient, **known), tariff, ON)
    assert isinstance(fee, LocalFee)
    return fee


@st.composite
def _lines(draw: st.DrawFn) -> LocalTariff:
    levels = draw(st.lists(_LEVELS, min_size=2, max_size=6, unique=True).map(sorted))
    prices = sorted(draw(_PRICES) for _ in levels)
    points = [{"at": str(at), "price": str(p)} for at, p in zip(levels, prices, strict=True)]
    return local("linear", {"points": points}, unit="meal")


@st.composite
def _grids(draw: st.DrawFn) -> LocalTariff:
    """Bands of more than a euro under each convention, their price being their number."""
    bounds = draw(st.sampled_from(Bounds))
    places = 0 if bounds is Bounds.BOTH_INCLUDED else 2
    cut = st.decimals(min_value=1, max_value=5000, places=places)
    ends = draw(st.lists(cut, min_size=1, max_size=8, unique=True).map(sorted))
    assume(all(later - earlier > 1 for earlier, later in pairwise(ends)))
    step = 1 if bounds is Bounds.BOTH_INCLUDED else 0
    froms = [Decimal(0), *(end + step for end in ends)]
    grid: list[dict[str, str]] = [
        {"from": str(start), "price": str(n)} for n, start in enumerate(froms)
    ]
    for end, band in zip(ends, grid, strict=False):
        band["to"] = str(end)
    measure = sourced(kind="quotient_familial", month="current")
    if bounds is Bounds.BOTH_INCLUDED:
        measure["cut"] = "euro"
    part = {"bounds": bounds.value, "grid": grid}
    return local("bands", part, measure=measure, policies=["no_band"])


def _bands(tariff: LocalTariff) -> tuple[tuple[Span, ...], Bounds]:
    part = tariff.bands  # type: ignore[attr-defined]
    return part.grid, part.bounds


@given(_lines(), _QUOTIENTS, _QUOTIENTS)
def test_a_line_never_falls(tariff: LocalTariff, one: Money, other: Money) -> None:
    """More income never costs less."""
    poorer, richer = sorted((one, other))

    assert _fee(tariff, poorer).price <= _fee(tariff, richer).price


@given(_lines(), _QUOTIENTS)
def test_a_line_is_continuous(tariff: LocalTariff, quotient: Money) -> None:
    """One cent of quotient never moves the price by more than the steepest slope of one cent."""
    points = tariff.linear.points  # type: ignore[attr-defined]
    steepest = max(Fraction(b.price - a.price) / Fraction(b.at - a.at) for a, b in pairwise(points))
    next_cent = Money(quotient.cents + 1)
    rise = _fee(tariff, next_cent).price_exact - _fee(tariff, quotient).price_exact

    assert 0 <= rise <= steepest * _CENT


@given(_lines(), st.integers(min_value=0, max_value=5))
def test_a_line_meets_its_points(tariff: LocalTariff, n: int) -> None:
    """At each point, its very price, from both sides."""
    points = tariff.linear.points  # type: ignore[attr-defined]
    assume(n < len(points))
    point = points[n]
    quotient = Money(int(point.at * 100))
    assume(quotient > Money(0))

    assert Fraction(point.price) == _fee(tariff, quotient).price_exact


@given(_grids(), _QUOTIENTS)
def test_every_family_is_in_exactly_one_band(tariff: LocalTariff, quotient: Money) -> None:
    """Neither hole nor overlap, to the cent, under each convention of bounds."""
    grid, bounds = _bands(tariff)
    whole = bounds is Bounds.BOTH_INCLUDED
    measure = Fraction(quotient.cents // 100) if whole else quotient.exact
    holding = [n for n, band in enumerate(grid) if band.holds(measure, bounds)]

    assert [_fee(tariff, quotient).price] == [Money(100 * n) for n in holding]


@given(_grids(), st.integers(min_value=0, max_value=7))
def test_a_band_is_exact_at_its_edges(tariff: LocalTariff, n: int) -> None:
    """At the bound, the cent below and the cent above: the convention says who pays what."""
    grid, bounds = _bands(tariff)
    assume(n < len(grid) - 1)
    end = grid[n].upper
    assert end is not None
    edge = int(end * 100)
    below, at, above = (_fee(tariff, Money(edge + d)).price.cents // 100 for d in (-1, 0, 1))

    match bounds:
        case Bounds.LOWER_INCLUDED:
            assert (n, n + 1, n + 1) == (below, at, above)
        case Bounds.UPPER_INCLUDED:
            assert (n, n, n + 1) == (below, at, above)
        case Bounds.BOTH_INCLUDED:  # whole euros: the next band begins a euro later
            assert (n, n) == (at, above)
            assert n + 1 == _fee(tariff, Money(edge + 100)).price.cents // 100


@given(st.decimals(min_value=0, max_value=5, places=3), _QUOTIENTS, _QUOTIENTS, _PRICES, _PRICES)
def test_an_effort_rate_stays_within_its_bounds_and_never_falls(
    rate: Decimal, one: Money, other: Money, low: Decimal, high: Decimal
) -> None:
    """Whatever the income."""
    low, high = sorted((low, high))
    bounds = {"min": str(low), "max": str(high)}
    tariff = local("effort_rate", {"rate": str(rate), "price": bounds})
    poorer, richer = (_fee(tariff, quotient).price_exact for quotient in sorted((one, other)))

    assert Fraction(low) <= poorer <= richer <= Fraction(high)


@given(_lines(), _QUOTIENTS, st.integers(min_value=1, max_value=9))
def test_a_younger_sibling_never_pays_more(tariff: LocalTariff, quotient: Money, rank: int) -> None:
    """When reductions grow with the rank."""
    ranks = [{"rank": "2", "percent": "25"}, {"rank": "3+", "percent": "50"}]
    kind = type(tariff)
    content = tariff.content | {"modifiers": [sourced(kind="sibling", ranks=ranks)]}
    reduced = kind.model_validate(content)

    older, younger = (_fee(reduced, quotient, rank=r).price for r in (rank, rank + 1))
    assert younger <= older


@given(
    _lines(),
    _QUOTIENTS,
    st.decimals(min_value=0, max_value=300, places=2),
    st.sampled_from(Rounding),
    st.sampled_from([Stage.UNIT, Stage.MONTH]),
)
def test_a_month_is_its_units(
    tariff: LocalTariff, quotient: Money, units: Decimal, rounding: Rounding, stage: Stage
) -> None:
    """Less than a cent from the exact product of the price that the stage commands."""
    fee = decide(_family(quotient, units=units), tariff, ON, rounding=rounding, stage=stage)
    assert isinstance(fee, LocalFee)
    assert fee.monthly is not None
    price = fee.price_exact if stage is Stage.MONTH else fee.price.exact

    assert abs(fee.monthly.exact - price * Fraction(units)) < _CENT
