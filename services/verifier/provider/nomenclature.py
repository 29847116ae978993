"""The error codes of API Particulier that mean something to us, as data. Pure.

A code is `XXYYY`: a prefix for who failed (00 the platform, 35 CNAF & MSA, 36 Sécurité sociale, …)
and a sub-code for what. Sources: apistration `commons/data/errors_particulier.yml` (September 2026)
and the OpenAPI of April 2026. What stands in no row here means nothing: a person looks.
"""

from collections.abc import Mapping
from enum import StrEnum

from services.verifier.provider.wire import WireError
from shared.civil_status import folded


class Meaning(StrEnum):
    """What an error of the State says to us, whatever its words; the gravest first."""

    ACCESS_REFUSED = "access_refused"  # our token, scope, address, recipient or delegation
    BEARER_REFUSED = "bearer_refused"  # by FranceConnect: the token is nobody's but its bearer's
    OUR_MISTAKE = "our_mistake"  # a request that we should not have made
    INPUT_REFUSED = "input_refused"  # a field of the civil status
    PERIOD_REFUSED = "period_refused"  # the month that was asked for
    NOT_IDENTIFIED = "not_identified"
    NO_CHILD_UNDER_SEVEN = "no_child_under_seven"
    NO_FILE = "no_file"
    CONFLICT = "conflict"  # the same request is in flight
    THROTTLED = "throttled"
    MAINTENANCE = "maintenance"
    BROKEN = "broken"  # the platform, a fund or the way there


ROWS: tuple[tuple[int, str, Meaning], ...] = (
    (400, "00401", Meaning.OUR_MISTAKE),
    (401, "00101 00103 00105 00108 00109", Meaning.ACCESS_REFUSED),
    (401, "51501 51502 51503 51504", Meaning.BEARER_REFUSED),
    (401, "50001 50002 50003", Meaning.BEARER_REFUSED),  # April 2026
    (403, "00100 00107 00213", Meaning.ACCESS_REFUSED),
    (404, "00402", Meaning.OUR_MISTAKE),
    (404, "10003 23003 35003 36003 40003", Meaning.NO_FILE),
    (409, "00015", Meaning.CONFLICT),
    (422, "00203 00210 00212", Meaning.ACCESS_REFUSED),
    (422, "00363 00365 00367 00400 00420 00422 00427 00428", Meaning.INPUT_REFUSED),
    (422, "00366", Meaning.INPUT_REFUSED),  # April 2026: without a word on which field
    (422, "35561 36561", Meaning.INPUT_REFUSED),
    (422, "00354 00356 35565", Meaning.PERIOD_REFUSED),
    (422, "35560 36560 51564", Meaning.NOT_IDENTIFIED),
    (429, "00429", Meaning.THROTTLED),
    (503, "10020 23020 35020 36020 37020 40020 51020", Meaning.MAINTENANCE),
    *(  # the code says 502 or 504, the OpenAPI of April and the staging payloads now one, now other
        (status, f"00501 {codes}", Meaning.BROKEN)
        for status in (502, 503, 504)
        for codes in (
            "35000 35001 35002 35004 35008 35009 35011 35999",
            "36000 36001 36002 36004 36008 36009 36011 36999",
            "37000 37001 37002 37004 37008 37009 37011 37999",
            "51000 51001 51002 51004 51008 51009 51011 51999",
        )
    ),
    (502, "35020 36020 37020 51020", Meaning.BROKEN),
    (504, "35020 36020 37020 51020", Meaning.BROKEN),
)
_MEANINGS = {(status, code): means for status, codes, means in ROWS for code in codes.split()}

_NOT_ELIGIBLE = folded("Allocataire non éligible")
BY_TITLE: Mapping[str, Mapping[str, Meaning]] = {  # codes that mean several things
    "35003": {folded("Erreur inattendue"): Meaning.BROKEN},  # April 2026
    "36003": {_NOT_ELIGIBLE: Meaning.NO_CHILD_UNDER_SEVEN},
    "37003": {
        _NOT_ELIGIBLE: Meaning.NO_CHILD_UNDER_SEVEN,
        folded("Dossier allocataire absent CNAV"): Meaning.NO_FILE,  # the staging payloads
        folded("Entité non trouvée"): Meaning.NO_FILE,  # April 2026
    },
}
BY_WORD: Mapping[str, Mapping[str, Meaning]] = {  # of the title or of the detail
    "00355": {
        "identifier": Meaning.NOT_IDENTIFIED,  # April 2026
        "periode": Meaning.PERIOD_REFUSED,
    },
}


def meaning_of(error: WireError, status: int) -> Meaning | None:
    """What an error of an answer with this HTTP status means; None when nobody said."""
    code = known_code(error) or ""
    if status == _NOT_FOUND and (told := BY_TITLE.get(code, {}).get(folded(error.title or ""))):
        return told
    if status == _UNPROCESSABLE and code in BY_WORD:
        return _by_word(error, BY_WORD[code])
    return _MEANINGS.get((status, code))


_NOT_FOUND = 404
_UNPROCESSABLE = 422


def _by_word(error: WireError, meanings: Mapping[str, Meaning]) -> Meaning | None:
    said = folded(f"{error.title} {error.detail}")
    return next((means for word, means in meanings.items() if word in said), None)


def known_code(error: WireError) -> str | None:
    """The code when it has the shape of one; never some other text."""
    code = error.code or ""
    return code if len(code) == len("XXYYY") and code.isascii() and code.isdigit() else None


def is_about_france_connect(error: WireError) -> bool:
    """Whether it is FranceConnect that failed: the other way to ask is not concerned."""
    return (known_code(error) or "").startswith("51")


def failure_name(errors: tuple[WireError, ...], status: int) -> str:
    """The name of a failure of the provider: by its code, else by its HTTP status."""
    names = (_FAILURE_OF_SUB_CODE.get((known_code(error) or "")[2:]) for error in errors)
    return next(filter(None, names), f"http_{status}")


_FAILURE_OF_SUB_CODE = {
    "000": "provider_internal_error",
    "001": "provider_down",
    "002": "provider_timeout",
    "004": "provider_dns",
    "008": "provider_throttled",
    "009": "provider_tls",
    "011": "provider_temporary_error",
    "020": "provider_maintenance",
    "501": "provider_network",
    "999": "provider_unknown_error",
}
