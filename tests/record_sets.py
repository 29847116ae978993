"""Sets of records that the commands would take, invented, drawn at random."""

from datetime import UTC, date, datetime
from typing import Any

from hypothesis import strategies as st

from services.command.records.dossier import Datum
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


_days = st.dates(date(2000, 1, 1), date(2100, 1, 1))
_structures = st.fixed_dictionaries(
    {"name": _names, "care_types": _some("collectif", "familial_parental", "micro_creche")},
    optional={
        "details": st.fixed_dictionaries(
            {},
            optional={
                "commune": st.sampled_from(["13004", "2A004", "97411"]),
                "address": st.lists(_names, max_size=3, unique=True),
                "closure_weeks": st.integers(0, 52),
            },
        )
    },
)
_rules = st.fixed_dictionaries(
    {},
    optional={
        "kind": st.sampled_from(["fee", "aid"]),
        "opens_on": _days,
        "age": st.fixed_dictionaries({}, optional={"at_least": st.integers(0, 216)}),
        "communes": st.lists(st.sampled_from(["13004", "13055"]), max_size=2, unique=True),
        "or_working": st.booleans(),
        "income": st.just({"measure": "quotient_familial", "at_most_cents": 100_000}),
        "silence": st.fixed_dictionaries(
            {"effect": st.sampled_from(["acceptance", "rejection"])},
            optional={"months": st.integers(1, 12)},
        ),
    },
)
_signatories = st.lists(
    st.fixed_dictionaries(
        {"first_name": _names, "last_name": _names, "function": _names, "service": _names},
        optional={"act": _names, "valid_to": _days},
    ),
    max_size=2,
)
_contacts = st.fixed_dictionaries(
    {},
    optional={
        "service": _names,
        "address": st.lists(_names, max_size=3, unique=True),
        "tribunal": _names,
        "rules_url": st.just("https://ville.test/regles"),
        "retention_months": st.integers(1, 600),
    },
)
_people = st.fixed_dictionaries(
    {},
    optional={
        "given_name": _names,
        "email": st.just("a.b@ville.test"),
        "phone": st.just("+33 490 00"),
    },
)
_dossiers = st.fixed_dictionaries(
    {},
    optional={
        "title": _names,
        "ends_at": st.datetimes(_AFTER, _BEFORE, timezones=st.just(UTC)),
        "starts_on": _days,
        "volume": st.fixed_dictionaries({}, optional={"per_day": st.integers(1, 9_999)}),
        "legal_bases": st.lists(_names, max_size=3),
        "deliberation": st.fixed_dictionaries(
            {"number": _names}, optional={"date": _days, "data": _some(*Datum)}
        ),
        "scopes": st.lists(st.sampled_from(["cnaf_adresse", "dgfip_rfr"]), max_size=2),
        "contacts": st.fixed_dictionaries({}, optional={"dpo": _people, "business": _people}),
    },
)
_habilitations = st.fixed_dictionaries(
    {"recipient": _sirets},
    optional={
        "endpoints": _some("eaje", "qf"),
        "delegation_id": _names,
        "dossier": _dossiers,
        "token_expires_at": st.datetimes(_AFTER, _BEFORE, timezones=st.just(UTC)),
        "pace": st.integers(1, 10_000),
        "burst": st.integers(1, 10_000),
    },
)
_schemes = st.fixed_dictionaries(
    {"name": _names, "stages": _some("admission", "estimate")},
    optional={
        "validation": st.just("automatic"),
        "automatic_ground": _names,
        "tariff": st.sampled_from(["psu", "garderie-du-soir"]),
        "rules": _rules,
    },
).filter(lambda scheme: "validation" not in scheme or "automatic_ground" in scheme)
_portals = st.fixed_dictionaries(
    {"name": _names}, optional={"requests_per_minute": st.integers(60, 60_000)}
)
_authorities = st.fixed_dictionaries(
    {
        "name": _names,
        "kind": st.sampled_from(["commune", "epci", "ccas", "departement"]),
        "siret": _sirets,
    },
    optional={"signatories": _signatories, "contact": _contacts},
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
