"""The built-in provider of the profile `qf`: local scales and aids, never the PSU fee."""

from services.verifier.counter import Counter
from services.verifier.provider.endpoint import QF

PROFILE = "qf"


def qf(base_url: str) -> Counter:
    """`quotient_familial` of the current month."""
    return Counter(QF, base_url)
