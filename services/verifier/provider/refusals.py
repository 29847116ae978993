"""Which of our fields an error refuses, as JSON pointers into an application. Pure.

Sources: apistration `commons/data/errors_particulier.yml` (September 2026), its OpenAPI of April
2026 for the parameters, and `docs/cnav-suivi-erreurs.md` for the codes of the counter behind.
"""

from services.verifier.provider.nomenclature import Meaning, known_code, meaning_of
from services.verifier.provider.wire import WireError

ACCESS_TOKEN = "/france_connect/access_token"  # noqa: S105 - a pointer, not a token
PERIOD = "/period"
_APPLICANT = "/applicant"
_BIRTH_NAME = "/applicant/birth_name"
_USAGE_NAME = "/applicant/usage_name"
_FIRST_NAMES = "/applicant/first_names"
_BIRTH = "/applicant/birth"
_COMMUNE = "/applicant/birth_place/commune"
_COUNTRY = "/applicant/birth_place/country"
_SEX = "/applicant/sex"

_OF_CODE = {
    "00363": _BIRTH,
    "00365": _COMMUNE,
    "00367": _FIRST_NAMES,
    "00400": _COUNTRY,
    "00420": _BIRTH_NAME,
    "00422": _BIRTH,
    "00427": _SEX,
    "00428": _COMMUNE,
}
_OF_PARAMETER = {
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
_OF_COUNTER_CODE = {  # `meta.provider_error_code`
    40002: _BIRTH_NAME,
    40003: _BIRTH_NAME,
    40013: _COMMUNE,
    40014: _SEX,
    40019: _COMMUNE,
    40026: _BIRTH,
}


def refused_field(error: WireError, status: int) -> str | None:
    """The field of ours that an error refuses; None when it refuses something else."""
    match meaning_of(error, status):
        case Meaning.PERIOD_REFUSED:
            return PERIOD
        case Meaning.INPUT_REFUSED:
            counter = _OF_COUNTER_CODE.get(error.meta.provider_error_code or 0)
            parameter = _OF_PARAMETER.get(error.source.parameter or "")
            return counter or parameter or _OF_CODE.get(known_code(error) or "", _APPLICANT)
    return None
