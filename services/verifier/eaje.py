"""The built-in provider of the profile `eaje`: the PSU fee of a nursery."""

from services.verifier.counter import Counter
from services.verifier.provider.endpoint import EAJE, EAJE_WITH_PROOF

PROFILE = "eaje"


def eaje(base_url: str, *, with_proof: bool = False) -> Counter:
    """`participation_familiale_eaje`, with the State's proof of each answer when it is wanted.

    A proof goes round the cache of the State, and stands for five years before who controls.
    """
    return Counter(EAJE_WITH_PROOF if with_proof else EAJE, base_url)
