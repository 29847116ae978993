"""The State's endpoints by evidence profile, and the provider behind each.

An endpoint is named by the profile that it serves. What breaks together and is limited together is
a provider: API Particulier counts the calls to all its endpoints in the same windows.
"""

API_PARTICULIER = "api-particulier"
DGFIP = "dgfip"
_PROVIDER_OF = {"eaje": API_PARTICULIER, "qf": API_PARTICULIER, "tax": DGFIP}
KNOWN_PROFILES = frozenset(_PROVIDER_OF)


def provider_of(profile: str) -> str:
    """Who answers for a profile; a provider added beside answers for its own alone."""
    return _PROVIDER_OF.get(profile, profile)
