"""What records owe to one another, and to the day."""

from datetime import UTC, datetime, timedelta
from typing import Any

from services.command.records.faults import Fault
from services.command.records.kinds import Kind
from services.command.records.models import Record, read
from services.command.records.rules import Asked, Tariffs, faults, warnings

_AT = datetime(2026, 11, 24, tzinfo=UTC)
_TARIFFS: Tariffs = {(None, "psu"), ("arles", "garderie"), ("sete", "cantine")}


def _authority(code: str) -> Record:
    given = {"code": code, "name": "Ville", "kind": "commune", "siret": "21130004100012"}
    return read(Kind.AUTHORITY, given)


def _right(authority: str = "arles", **more: Any) -> Record:
    given = {"code": "droit", "authority": authority, "recipient": "21130004100012"}
    return read(Kind.HABILITATION, given | more)


def _scheme(authority: str = "arles", **more: Any) -> Record:
    given = {"code": "creches", "authority": authority, "habilitation": "droit", "name": "Crèches"}
    return read(Kind.SCHEME, given | more)


def _portal(authority: str) -> Record:
    return read(Kind.PORTAL, {"code": "portail", "authority": authority, "name": "Portail"})


def _faults(asked: list[Record], known: list[Record]) -> list[Fault]:
    stands = {(one.kind_of_record, one.address): one for one in known}
    return faults([Asked(one) for one in asked], stands, _AT)


def _warned(asked: list[Record], known: list[Record]) -> str:
    stands = {(one.kind_of_record, one.address): one for one in known}
    return "\n".join(warnings([Asked(one) for one in asked], stands, _TARIFFS, _AT))


def _fields(asked: list[Record], known: list[Record]) -> list[str]:
    return [fault.field for fault in _faults(asked, known)]


def test_a_set_may_refer_to_itself_and_to_what_stands() -> None:
    """In any order."""
    assert [] == _fields([_scheme(), _right(), _authority("arles")], [])
    assert [] == _fields([_scheme()], [_right(), _authority("arles")])


def test_a_reference_to_nothing_is_refused() -> None:
    """An authority or a habilitation that neither stands nor comes along."""
    assert ["authority"] == _fields([_right()], [])
    assert ["habilitation"] == _fields([_scheme()], [_authority("arles")])


def test_a_habilitation_serves_its_own_authority_only() -> None:
    """A scheme cannot call under another authority's right."""
    known = [_authority("arles"), _authority("sete"), _right("sete")]

    assert ["habilitation"] == _fields([_scheme()], known)


def test_nothing_changes_hands() -> None:
    """A portal or a habilitation stays with the authority that it began with."""
    known = [_authority("arles"), _authority("sete"), _right(), _portal("arles")]

    assert ["authority", "authority"] == _fields([_right("sete"), _portal("sete")], known)


def test_one_record_is_asked_for_once() -> None:
    """Of two, nobody knows which is meant; the same code in two authorities is two structures."""
    known = [_authority("arles"), _authority("sete"), _right()]

    assert ["code"] == _fields([_scheme(), _scheme(name="Autre")], known)


def test_a_new_end_of_token_is_to_come() -> None:
    """One that stands may have passed: the same set taken again is no fault."""
    past = _right(token_expires_at=_AT - timedelta(days=1))
    future = _right(token_expires_at=_AT + timedelta(days=1))
    known = [_authority("arles")]

    assert ["token_expires_at"] == _fields([past], known)
    assert ["token_expires_at"] == _fields([past], [*known, future])
    assert [] == _fields([future], known)
    assert [] == _fields([past], [*known, past])


def test_a_profile_that_a_package_serves_is_warned_of() -> None:
    """And taken: this machine cannot know what the verifiers have."""
    known = [_authority("arles"), _right()]

    assert [] == _faults([_scheme(profile="registre")], known)
    assert "BERCEAU_PROVIDERS" in _warned([_scheme(profile="registre")], known)
    assert "" == _warned([_scheme()], known)


def test_a_pace_above_the_providers_is_warned_of() -> None:
    """18 calls a second and 2 at once are the 20 that API Particulier takes; more is told."""
    assert "" == _warned([_right(pace="18", burst="2"), _portal("arles")], [])
    assert "19 appels" in _warned([_right(pace="19", burst="1")], [])
    assert "3 d'avance" in _warned([_right(pace="18", burst="3")], [])


def test_what_a_habilitation_does_not_cover_is_warned_of() -> None:
    """From whichever side it comes: the scheme, the right or the authority; and said once."""
    known = [_authority("arles"), _right(), _scheme()]
    narrowed = _right(endpoints=["qf"])
    moved = read(Kind.AUTHORITY, {**_authority("arles").plain(), "siret": "35600000049837"})

    assert "ne couvre pas « qf »" in _warned([_scheme(profile="qf")], known)
    assert 1 == _warned([narrowed, _scheme()], known).count("ne couvre pas « eaje »")
    assert "n'est pas un établissement" in _warned([_right(recipient="35600000049837")], known)
    assert "n'est pas un établissement" in _warned([moved], known)
    assert "" == _warned(known, [])


def test_an_establishment_of_the_authority_may_receive() -> None:
    """Its SIRET differs by the last digits; the legal person is the same."""
    known = [_authority("arles")]

    assert "" == _warned([_right(recipient="21130004100020")], known)


def test_a_habilitation_that_has_ended_is_warned_of() -> None:
    """By its own end, which its dossier says; until then nothing is said."""
    for ends, said in (("2026-11-24", True), ("2026-11-25", False)):
        assert said is ("pris fin" in _warned([_right(dossier={"ends_at": ends})], []))


def test_a_tariff_that_no_worker_would_find_is_warned_of() -> None:
    """Shipped, or published by the scheme's own authority: another's does not count."""
    own = [_authority("arles"), _right()]

    said = {name: _warned([_scheme(tariff=name)], own) for name in ("psu", "garderie", "cantine")}

    assert ["", ""] == [said["psu"], said["garderie"]]
    assert "« cantine » n'est ni livré ni publié par « arles »" in said["cantine"]
