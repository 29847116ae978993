"""Sets of records that the commands would take, invented, drawn at random."""

from datetime import UTC, datetime
from typing import Any

from hypothesis import strategies as st

from services.command.records.kinds import Kind
from services.command.records.models import Record, read

SIRETS = ["21130004100012", "21130000900019", "35600000049837"]
_AFTER, _BEFORE = datetime(2100, 1, 1), datetime(2200, 1, 1)  # noqa: DTZ001  # hypothesis adds UTC
_codes = st.from_regex(r"[a-z][a-z0-9]{0,5}(-[a-z0-9]{1,4})?", fullmatch=True)
_signs = st.characters(exclude_categories=["Cc", "Cs", "Zl", "Zp"])
_names = (
    st.text(_signs, min_size=1, max_size=40)
    .map(str.strip)
    .filter(lambda name: name != "" and name[0] not in "=+-@")
)
_sirets = st.sampled_from(SIRETS)


def _some(*words: str) -> st.SearchStrategy[list[str]]:
    return st.lists(st.sampled_from(words), min_size=1, unique=True)


_structures = st.fixed_dictionaries(
    {"name": _names, "care_types": _some("collectif", "familial_parental", "micro_creche")}
)
_habilitations = st.fixed_dictionaries(
    {"recipient": _sirets},
    optional={
        "token_expires_at": st.datetimes(_AFTER, _BEFORE, timezones=st.just(UTC)),
        "pace": st.integers(1, 10_000),
        "burst": st.integers(1, 10_000),
    },
)
_schemes = st.fixed_dictionaries(
    {"name": _names, "stages": _some("admission", "estimate")},
    optional={"validation": st.just("automatic"), "automatic_ground": _names},
).filter(lambda scheme: "validation" not in scheme or "automatic_ground" in scheme)
_portals = st.fixed_dictionaries(
    {"name": _names}, optional={"requests_per_minute": st.integers(60, 60_000)}
)
_authorities = st.fixed_dictionaries(
    {
        "name": _names,
        "kind": st.sampled_from(["commune", "epci", "ccas", "departement"]),
        "siret": _sirets,
    }
)


@st.composite
def record_sets(draw: st.DrawFn) -> list[Record]:
    """One authority or two, each with an habilitation and what stands on it."""
    codes = draw(st.lists(_codes, min_size=1, max_size=2, unique=True))
    return [record for code in codes for record in draw(_town(code))]


@st.composite
def _town(draw: st.DrawFn, code: str) -> list[Record]:
    own = {"authority": code}

    def many(kind: Kind, drawn: st.SearchStrategy[dict[str, Any]], **more: str) -> list[Record]:
        named = draw(st.dictionaries(_codes, drawn, max_size=2))
        return [read(kind, {"code": one, **own, **more, **had}) for one, had in named.items()]

    return [
        read(Kind.AUTHORITY, {"code": code, **draw(_authorities)}),
        read(Kind.HABILITATION, {"code": code, **own, **draw(_habilitations)}),
        *many(Kind.STRUCTURE, _structures),
        *many(Kind.SCHEME, _schemes, habilitation=code),
        read(Kind.PORTAL, {"code": f"{code}-famille", **own, **draw(_portals)}),
    ]
