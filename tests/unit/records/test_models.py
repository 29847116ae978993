"""What a record may hold, and what is said of the rest."""

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from pydantic import BaseModel

from services.command.records.dossier import Dossier
from services.command.records.faults import RecordsError
from services.command.records.keys import Grant
from services.command.records.kinds import Kind
from services.command.records.models import Habilitation, Record, read, validated
from services.command.records.parts import read_back
from services.command.records.scheme_rules import Rules
from services.command.records.signatories import Contact, Signatory
from shared import signing
from shared.scheme_rules import SchemeRules
from tests.record_sets import record_sets

_OWN = {"code": "x", "authority": "arles"}
_GIVEN: dict[Kind, dict[str, Any]] = {
    Kind.AUTHORITY: {"code": "x", "name": "Arles", "kind": "commune", "siret": "21130004100012"},
    Kind.STRUCTURE: {**_OWN, "name": "Les Mésanges", "care_types": ["collectif"]},
    Kind.HABILITATION: {**_OWN, "recipient": "21130004100012"},
    Kind.SCHEME: {**_OWN, "habilitation": "arles", "name": "Crèches"},
    Kind.PORTAL: {**_OWN, "name": "Espace famille"},
}


def _read(of: Kind, **changes: Any) -> Record:
    return read(of, _GIVEN[of] | changes)


@pytest.mark.parametrize("kind", Kind)
def test_what_is_not_said_has_a_default(kind: Kind) -> None:
    """The least that a person must say is enough, and says nothing of a token or a key."""
    said = _read(kind).plain()

    assert _GIVEN[kind] == {name: said[name] for name in _GIVEN[kind]}
    assert set() == {"token", "key", "sealed_token", "id"} & set(said)


@pytest.mark.parametrize(
    ("kind", "field", "wrong", "remedy"),
    [
        (Kind.AUTHORITY, "code", "Arles", "minuscules"),
        (Kind.AUTHORITY, "code", "a" * 65, "64 signes"),
        (Kind.AUTHORITY, "code", "arles\n", "minuscules"),
        (Kind.AUTHORITY, "name", "  ", "de 1 à 200"),
        (Kind.AUTHORITY, "name", "é" * 201, "de 1 à 200"),
        (Kind.AUTHORITY, "name", "deux\nlignes", "caractère de contrôle"),
        (Kind.AUTHORITY, "name", "=1+1", "formule"),
        (Kind.AUTHORITY, "name", ["Ville", "d'Arles"], "pas une liste"),
        (Kind.AUTHORITY, "kind", "ville", "commune, epci, ccas, departement"),
        (Kind.AUTHORITY, "siret", "21130004100013", "SIRET"),
        (Kind.AUTHORITY, "siret", "2113000410001", "14 chiffres"),
        (Kind.AUTHORITY, "siret", "2,113E+13", "format Texte"),
        (Kind.AUTHORITY, "nom", "Arles", "mot inconnu"),
        (Kind.STRUCTURE, "care_types", ["collectif", "garde"], "micro_creche"),
        (Kind.HABILITATION, "recipient", "35600000049838", "SIRET"),
        (Kind.HABILITATION, "pace", "0", "au moins 1"),
        (Kind.HABILITATION, "pace", "10001", "au plus 10000"),
        (Kind.HABILITATION, "burst", "0", "au moins 1"),
        (Kind.HABILITATION, "pace", "1.5", "nombre entier"),
        (Kind.HABILITATION, "pace", ["1"], "nombre entier"),
        (Kind.HABILITATION, "pace", "1" * 5_000, "nombre entier"),
        (Kind.HABILITATION, "token", "secret", "--token-file"),
        (Kind.HABILITATION, "token_expires_at", "31/05/2027", "AAAA-MM-JJ"),
        (Kind.HABILITATION, "token_expires_at", "2027-05-31T10:00:00", "fuseau"),
        (Kind.HABILITATION, "token_expires_at", "2027-02-29", "AAAA-MM-JJ"),
        (Kind.HABILITATION, "token_expires_at", "9999-12-31T23:59:59-14:00", "AAAA-MM-JJ"),
        (Kind.HABILITATION, "token_expires_at", "0001-01-01T00:00:00+14:00", "AAAA-MM-JJ"),
        (Kind.HABILITATION, "provider", "DGFIP", "api_particulier, dgfip"),
        (Kind.HABILITATION, "endpoints", ["EAJE"], "eaje"),
        (Kind.HABILITATION, "dossier", "tarifs", "des mots et leurs valeurs"),
        (Kind.SCHEME, "profile", "EAJE", "eaje"),
        (Kind.SCHEME, "profile", "1registre", "eaje"),
        (Kind.SCHEME, "profile", "re-gistre", "eaje"),
        (Kind.SCHEME, "tariff", "PSU 2026", "minuscules"),
        (Kind.SCHEME, "validation", "personne", "agent, automatic"),
        (Kind.SCHEME, "stages", ["closing"], "admission, estimate"),
        (Kind.PORTAL, "requests_per_minute", "59", "au moins 60"),
        (Kind.PORTAL, "requests_per_minute", "60001", "au plus 60000"),
        (Kind.PORTAL, "key", "berceau_secret", "portal key mint"),
    ],
)
def test_a_fault_names_its_field_and_the_remedy(
    kind: Kind, field: str, wrong: object, remedy: str
) -> None:
    """And never says the value again: it may be a secret in the wrong place."""
    with pytest.raises(RecordsError) as refused:
        _read(kind, **{field: wrong})

    [fault] = refused.value.faults
    assert field == fault.field
    assert remedy in fault.said
    assert "secret" not in str(fault)


def test_every_fault_is_told_at_once() -> None:
    """Three things wrong are three faults, what is missing among them."""
    with pytest.raises(RecordsError) as refused:
        read(Kind.AUTHORITY, {"code": "A", "kind": "ville", "siret": "21130004100012"})

    assert ["code", "name", "kind"] == [fault.field for fault in refused.value.faults]


@pytest.mark.parametrize("siret", ["35600000049837", "35600000000048", "211 300 041 00012"])
def test_a_siret_of_la_poste_and_one_with_spaces_are_read(siret: str) -> None:
    """La Poste's own check digit counts, and people write SIRET in groups."""
    read_ = _read(Kind.AUTHORITY, siret=siret)

    assert siret.replace(" ", "") == read_.plain()["siret"]


def test_automatic_validation_wants_the_written_ground() -> None:
    """Without it the law's exception is not documented; with it, it stands on the record."""
    with pytest.raises(RecordsError, match="DPO"):
        _read(Kind.SCHEME, validation="automatic")

    ground = "Avis du DPO du 3 mars.\r\nSans donnée de santé."
    scheme = _read(Kind.SCHEME, validation="automatic", automatic_ground=ground)
    assert ground.replace("\r", "") == scheme.plain()["automatic_ground"]


def test_a_day_is_its_first_instant() -> None:
    """And an instant with its zone is told in UTC."""
    day = _read(Kind.HABILITATION, token_expires_at="2027-05-31")
    instant = _read(Kind.HABILITATION, token_expires_at="2027-05-31T00:00:00+02:00")

    assert isinstance(day, Habilitation)
    assert datetime(2027, 5, 31, tzinfo=UTC) == day.token_expires_at
    assert "2027-05-30T22:00:00Z" == instant.plain()["token_expires_at"]


@pytest.mark.parametrize(
    ("within", "wrong", "remedy"),
    [
        ("ends_at", "31/05/2027", "AAAA-MM-JJ"),
        ("starts_on", "2027-02-29", "AAAA-MM-JJ"),
        ("title", "=1+1", "formule"),
        ("legal_bases", ["CRPA", "=1+1"], "formule"),
        ("legal_bases", [str(n) for n in range(101)], "100 valeurs"),
        ("scopes", ["cnaf-adresse"], "cnaf_quotient_familial"),
        ("retention_months", "0", "au moins 1"),
        ("volume.per_day", "beaucoup", "nombre entier"),
        ("deliberation.data", ["salaire"], "ressources"),
        ("contacts.dpo.email", "chez-nous", "adresse"),
        ("contacts.dpo.phone", "secret", "numéro"),
        ("contacts.maire", "secret", "mot inconnu"),
        ("token", "secret", "--token-file"),
    ],
)
def test_a_fault_of_a_dossier_has_its_whole_name(within: str, wrong: object, remedy: str) -> None:
    """As deep as it stands; and it says the value no more than another."""
    value = wrong
    for name in reversed(within.split(".")):
        value = {name: value}
    with pytest.raises(RecordsError) as refused:
        _read(Kind.HABILITATION, dossier=value)

    [fault] = refused.value.faults
    assert f"dossier.{within}" == fault.field
    assert remedy in fault.said
    assert "secret" not in str(fault)


_AWA = {"first_name": "Awa", "last_name": "Lô", "function": "maire", "service": "Enfance"}


@pytest.mark.parametrize(
    ("kind", "field", "wrong", "name", "remedy"),
    [
        (Kind.AUTHORITY, "signatories", [{**_AWA, "function": ""}], "1.function", "manque"),
        (Kind.AUTHORITY, "signatories", [_AWA, {**_AWA, "âge": "1"}], "2.âge", "mot inconnu"),
        (Kind.AUTHORITY, "signatories", ["Awa"], "1", "des mots et leurs valeurs"),
        (Kind.AUTHORITY, "signatories", "Awa", "", "une liste"),
        (Kind.AUTHORITY, "signatories", [_AWA] * 51, "", "trop de valeurs"),
        (
            Kind.AUTHORITY,
            "signatories",
            [{**_AWA, "valid_from": "2026-02-01", "valid_to": "2026-01-01"}],
            "1",
            "finit avant de commencer",
        ),
        (Kind.AUTHORITY, "contact", {"email": "chez-nous"}, "email", "adresse"),
        (Kind.AUTHORITY, "contact", {"rules_url": "ville.fr"}, "rules_url", "https://"),
        (Kind.STRUCTURE, "details", {"commune": "13200!"}, "commune", "code INSEE"),
        (Kind.STRUCTURE, "details", {"closure_weeks": "53"}, "closure_weeks", "au plus 52"),
        (Kind.SCHEME, "rules", {"communes": ["13004", "Arles"]}, "communes", "code INSEE"),
        (Kind.SCHEME, "rules", {"or_working": "parfois"}, "or_working", "oui ou non"),
        (Kind.SCHEME, "rules", {"silence": {"effect": "refus"}}, "silence.effect", "acceptance"),
        (
            Kind.SCHEME,
            "rules",
            {"silence": {"effect": "rejection", "months": "13"}},
            "silence.months",
            "au plus 12",
        ),
        (
            Kind.SCHEME,
            "rules",
            {"income": {"measure": "not_taxed", "at_most_cents": "1"}},
            "",
            "seuil",
        ),
        (
            Kind.SCHEME,
            "rules",
            {"opens_on": "2027-01-01", "closes_on": "2026-01-01"},
            "",
            "ferme avant",
        ),
    ],
)
def test_a_fault_of_a_part_has_its_place(
    kind: Kind, field: str, wrong: object, name: str, remedy: str
) -> None:
    """In a list, from 1, as people count."""
    with pytest.raises(RecordsError) as refused:
        _read(kind, **{field: wrong})

    [fault] = refused.value.faults
    assert ".".join(filter(None, [field, name])) == fault.field
    assert remedy in fault.said


@settings(deadline=None)  # a machine may be busy
@given(record_sets())
def test_what_a_record_holds_is_what_the_services_read(records: list[Record]) -> None:
    """Signatories, contact and rules, in the words of the shared vocabulary."""
    for record in records:
        said = record.plain()
        read_by_services = [
            *(signing.Signatory.model_validate(one) for one in said.get("signatories", [])),
            signing.Contact.model_validate(said.get("contact", {})),
            SchemeRules.model_validate(said.get("rules", {})),
        ]
        assert all(read_by_services)


def test_a_part_has_every_field_that_the_services_read() -> None:
    """None can be added to one and forgotten in the other."""
    pairs: list[tuple[type[BaseModel], type[BaseModel]]] = [
        (Signatory, signing.Signatory),
        (Contact, signing.Contact),
        (Rules, SchemeRules),
    ]

    assert [] == [own for own, theirs in pairs if {*own.model_fields} != {*theirs.model_fields}]


def test_a_provider_brings_its_endpoints_and_its_pace() -> None:
    """What the State's other counter serves, and the profile of a package, need not be said."""
    for provider, endpoints, pace in (
        ("api_particulier", ["eaje"], 18),
        ("api-particulier", ["eaje"], 18),
        ("dgfip", ["tax"], 1),
        ("registre", ["registre"], 18),
    ):
        said = _read(Kind.HABILITATION, provider=provider).plain()
        assert (provider.replace("-", "_"), endpoints, pace) == (
            said["provider"],
            said["endpoints"],
            said["pace"],
        )


def test_an_endpoint_is_one_of_its_providers() -> None:
    """A right of API Particulier opens nothing at the tax office."""
    with pytest.raises(RecordsError, match="ne sert que : eaje, qf"):
        _read(Kind.HABILITATION, endpoints=["eaje", "tax"])

    both = _read(Kind.HABILITATION, endpoints=["qf", "eaje", "qf"])
    assert ["qf", "eaje"] == both.plain()["endpoints"]


def test_a_dossier_of_another_version_is_still_read() -> None:
    """What this one does not know or would refuse is left out; the rest is there."""
    document = {"title": "Tarifs", "invented": 1, "contacts": {"dpo": {"email": "chez-nous"}}}

    assert {"title": "Tarifs"} == read_back(Dossier, document).plain()


def test_words_stand_in_their_own_order_and_once() -> None:
    """So that the same set is the same record, however it was typed."""
    scheme = _read(Kind.SCHEME, stages=["estimate", "admission", "estimate"])

    assert ["admission", "estimate"] == scheme.plain()["stages"]


def test_a_key_is_for_its_portal_s_own_unless_said_otherwise() -> None:
    """Its own applications, not the exports of its authority; and only for scopes that exist."""
    every = ("applications:write", "applications:read", "decisions:read")

    assert every == tuple(map(str, validated(Grant, {}).scopes))
    assert ("decisions:read",) == validated(Grant, {"scopes": ["decisions:read"]}).scopes
    with pytest.raises(RecordsError, match="applications:write"):
        validated(Grant, {"scopes": ["all"]})
