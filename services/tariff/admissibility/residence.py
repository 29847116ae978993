"""Residence: whether a family lives in a commune of the scheme. Pure.

A family names its commune by its INSEE code. The address that the CAF gives is what the family told
it, and that of the tax office dates from 1 January; both name a city in words, and a postcode
covers several communes. So what differs is unknown, and a person asks: it is never a refusal.
"""

import re

from services.tariff.admissibility.finding import finding
from shared.application import Address
from shared.decisions import CheckResult, Verdict
from shared.evidence import EajeFacts, Facts, QfFacts
from shared.lettering import folded
from shared.scheme_rules import SchemeRules

RESIDENCE = "residence"
_POSTCODE = re.compile(r"\b(\d{5})\b")
_NOT_A_NAME = re.compile(r"\d+(er|e|eme)?\b|\bcedex\b|\barrondissement\b")
_SAINTS = {"st": "saint", "ste": "sainte"}
_WHOLE = {"75": "75056", "69": "69123", "13": "13055"}
_ARRONDISSEMENT = re.compile(r"75(?:10[1-9]|11\d|120)|6938[1-9]|132(?:0[1-9]|1[0-6])")


def residence(address: Address, facts: Facts, rules: SchemeRules) -> CheckResult:
    """Whether the declared commune is the scheme's, and whether certified data says the same."""
    if not _among(address.commune, rules.communes):
        return _outside(rules)
    city, postcode = _certified(facts)
    if city is None:
        return finding(
            RESIDENCE,
            Verdict.UNKNOWN,
            "La commune déclarée est celle du dispositif ; aucune adresse certifiée ne l'établit.",
        )
    if _same(address, city, postcode):
        return finding(
            RESIDENCE,
            Verdict.YES,
            "La commune déclarée est celle du dispositif, et l'adresse certifiée y correspond.",
        )
    return finding(
        RESIDENCE,
        Verdict.UNKNOWN,
        "La commune déclarée est celle du dispositif, mais l'adresse certifiée porte une autre "
        "ville : un justificatif de domicile le dira.",
    )


def address_differs(address: Address, facts: Facts) -> bool:
    """Whether a certified address names another city than the declared one; not, without one."""
    city, postcode = _certified(facts)
    return city is not None and not _same(address, city, postcode)


def _outside(rules: SchemeRules) -> CheckResult:
    if rules.or_working:
        return finding(
            RESIDENCE,
            Verdict.UNKNOWN,
            "La commune déclarée n'est pas celle du dispositif, qui admet aussi qui y travaille : "
            "aucune donnée certifiée ne le montre.",
        )
    return finding(
        RESIDENCE, Verdict.NO, "La commune déclarée n'est pas une de celles du dispositif."
    )


def _among(commune: str, communes: tuple[str, ...]) -> bool:
    """Paris, Lyon and Marseille have their own code, and one for each arrondissement."""
    return commune in communes or _whole(commune) in communes


def _whole(commune: str) -> str:
    return _WHOLE[commune[:2]] if _ARRONDISSEMENT.fullmatch(commune) else commune


def _certified(facts: Facts) -> tuple[str | None, str | None]:
    """City and postcode in the words of who certifies; a city line may hold both."""
    if isinstance(facts, EajeFacts | QfFacts):
        line = facts.address_city or ""
        found = _POSTCODE.search(line)
        return _city(line) or None, found and found[1]
    address = facts.address
    if address is None:
        return None, None
    return _city(address.city or "") or None, address.postcode


def _same(address: Address, city: str, postcode: str | None) -> bool:
    return _city(address.city) == city and postcode in {None, address.postcode}


def _city(line: str) -> str:
    """A city's name for comparison: without figures, CEDEX, accents, case or short forms."""
    words = _NOT_A_NAME.sub(" ", folded(line)).split()
    return " ".join(_SAINTS.get(word, word) for word in words)
