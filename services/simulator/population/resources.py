"""Resources: yearly amounts with the long tail of real incomes, from an integer table."""

from services.simulator.population.draws import Draws

# Euros a year at every twentieth of the population: below some 9 800 the floor of the national
# scale applies, above 102 000 its ceiling.
_QUANTILES = (
    *(800, 6_200, 9_400, 12_300, 15_100, 17_900, 20_600, 23_400, 26_300, 29_300, 32_500),
    *(35_900, 39_600, 43_700, 48_300, 53_700, 60_200, 68_600, 80_700, 102_500, 260_000),
)
_NOTHING = 20  # of a thousand households


def annual_resources(draws: Draws) -> int:
    """Whole euros a year; some households have none."""
    if draws.per_mille(_NOTHING):
        return 0
    step = draws.below(len(_QUANTILES) - 1)
    return draws.between(_QUANTILES[step], _QUANTILES[step + 1])
