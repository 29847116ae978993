"""Public rules: what an authority's tariffs say today, for anybody (CRPA L. 312-1-3).

No key is asked for, and nobody's data is read.
"""

from collections.abc import Callable, Sequence
from datetime import date

from sqlalchemy import Connection, Row, text
from starlette.responses import Response

from services.intake.papers import READ_ONLINE, answer, preferred
from services.intake.parts import Parts
from services.intake.problems import refusal
from services.intake.wordings import Kind
from services.tariff.explanation.rules_in_force import SchemeInForce, rules_in_force
from services.tariff.language.scale import Scale
from services.tariff.language.tariff import Tariff
from shared.decisions import AuthorityTold
from shared.errors import TariffError
from shared.paris import day_in_paris
from shared.scheme_rules import SchemeRules
from shared.signing import Contact

_KEPT = {"Cache-Control": "public, max-age=300"}
_MOST_SCHEMES = 200
_AUTHORITY = text("SELECT id, code, name, siret, contact FROM authorities WHERE code = :code")
_SCHEMES = text("""
    SELECT name, tariff, validation, rules FROM schemes WHERE authority_id = :authority
    ORDER BY code LIMIT :most
""")


def show(parts: Parts, code: str, accept: Sequence[str]) -> Response:
    """The page of today.

    Raises:
        ProblemError: unknown-authority, not-acceptable.
    """
    form = preferred(accept, READ_ONLINE)
    on = day_in_paris(parts.clock())
    with parts.engine.connect() as connection:
        authority, schemes = _read(connection, code)
    told = [_scheme(row, parts.scale_of, on) for row in schemes]
    paper = rules_in_force(authority, told, on)
    return answer(paper, form, named=f"regles-{authority.code}", headers=_KEPT)


def _read(connection: Connection, code: str) -> tuple[AuthorityTold, Sequence[Row[tuple[object]]]]:
    row = connection.execute(_AUTHORITY, {"code": code}).one_or_none()
    if row is None:
        raise refusal(Kind.UNKNOWN_AUTHORITY)
    schemes = connection.execute(_SCHEMES, {"authority": row.id, "most": _MOST_SCHEMES}).all()
    contact = Contact.model_validate(row.contact)
    told = AuthorityTold(code=row.code, name=row.name, siret=row.siret, contact=contact)
    return told, schemes


def _scheme(row: Row[tuple[object]], scale_of: Callable[[str], Scale], on: date) -> SchemeInForce:
    return SchemeInForce(
        name=row.name,
        kind=SchemeRules.model_validate(row.rules).kind,
        automatic=row.validation == "automatic",
        tariff=_in_force(row.tariff, scale_of, on),
    )


def _in_force(tariff: str, scale_of: Callable[[str], Scale], on: date) -> Tariff | None:
    try:
        return scale_of(tariff).in_force(on)
    except TariffError:
        return None
