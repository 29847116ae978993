"""The error codes of API Particulier that mean something to us, as data.

A code is `XXYYY`: a prefix for who failed (00 the platform, 35 CNAF & MSA, 36 Sécurité sociale, …)
and a sub-code for what. Sources: apistration `commons/data/errors_particulier.yml` (September 2026)
and the OpenAPI of April 2026, whose `00355` meant "not identified" and now means "period too old".
"""

from services.verifier.provider.wire import WireError
from shared.civil_status import folded

CONFLICT_SECONDS = 5

_BIRTH_NAME = "/applicant/birth_name"
_USAGE_NAME = "/applicant/usage_name"
_FIRST_NAMES = "/applicant/first_names"
_BIRTH = "/applicant/birth"
_COMMUNE = "/applicant/birth_place/commune"
_COUNTRY = "/applicant/birth_place/country"
_SEX = "/applicant/sex"
_WHOLE_CIVIL_STATUS = "/applicant"

UNSUPPORTED_VERSION = "00402"
NO_CHILD_UNDER_SEVEN = frozenset({"36003", "37003"})  # only under the title below
NOT_ELIGIBLE = folded("Allocataire non éligible")
RECIPIENT_REFUSED = frozenset({"00203", "00210", "00212"})  # our SIRET or our delegation

_FIELD_OF_CODE = {
    "00363": _BIRTH,
    "00365": _COMMUNE,
    "00366": _WHOLE_CIVIL_STATUS,  # April 2026: refused, without a word on which field
    "00367": _FIRST_NAMES,
    "00400": _COUNTRY,
    "00420": _BIRTH_NAME,
    "00422": _BIRTH,
    "00427": _SEX,
    "00428": _COMMUNE,
}
_FIELD_OF_PARAMETER = {
    "nomNaissance": _BIRTH_NAME,
    "nomUsage": _USAGE_NAME,
    "prenoms": _FIRST_NAMES,
    "prenoms[]": _FIRST_NAMES,
    "anneeDateNaissance": _BIRTH,
    "moisDateNaissance": _BIRTH,
    "jourDateNaissance": _BIRTH,
    "sexeEtatCivil": _SEX,
    "codeCogInseePaysNaissance": _COUNTRY,
    "codeCogInseeCommuneNaissance": _COMMUNE,
}
_FIELD_OF_COUNTER_CODE = {  # `meta.provider_error_code`, from docs/cnav-suivi-erreurs.md
    40002: _BIRTH_NAME,
    40003: _BIRTH_NAME,
    40013: _COMMUNE,
    40014: _SEX,
    40019: _COMMUNE,
    40026: _BIRTH,
}
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


def known_code(error: WireError) -> str | None:
    """The code when it has the shape of one; never some other text."""
    code = error.code or ""
    return code if len(code) == len("XXYYY") and code.isascii() and code.isdigit() else None


def is_maintenance(error: WireError) -> bool:
    """Whether the fund, not the platform, says that it is in maintenance (XX020)."""
    return _sub_code(error) == "020"


def is_not_identified(error: WireError) -> bool:
    """XX560; and until summer 2026, 00355 when its text speaks of identifying."""
    words = folded(f"{error.title} {error.detail}")
    return _sub_code(error) == "560" or (error.code == "00355" and "identifier" in words)


def is_not_eligible(error: WireError) -> bool:
    """No child under seven; the staging payloads give 37003 another title, and another meaning."""
    return error.code in NO_CHILD_UNDER_SEVEN and folded(error.title or "") == NOT_ELIGIBLE


def refused_field(error: WireError) -> str | None:
    """The JSON pointer, in our application, of the field that an error refuses."""
    if _sub_code(error) == "561":
        by_counter = _FIELD_OF_COUNTER_CODE.get(error.meta.provider_error_code or 0)
        return by_counter or _field_of_parameter(error) or _WHOLE_CIVIL_STATUS
    field = _FIELD_OF_CODE.get(error.code or "")
    return field and (_field_of_parameter(error) or field)


def failure_name(errors: tuple[WireError, ...], status: int) -> str:
    """The name of a failure of the provider: by its code, else by its HTTP status."""
    names = (_FAILURE_OF_SUB_CODE.get(_sub_code(error)) for error in errors)
    return next(filter(None, names), f"http_{status}")


def _field_of_parameter(error: WireError) -> str | None:
    return _FIELD_OF_PARAMETER.get(error.source.parameter or "")


def _sub_code(error: WireError) -> str:
    return (known_code(error) or "")[2:]
