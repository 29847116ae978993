"""Letters and rules as portals and anybody get them: format, version, and what never leaves."""

import json
from collections.abc import Callable
from datetime import date
from typing import TYPE_CHECKING, Any, Protocol
from uuid import uuid4

import pytest

from services.intake.app import build_app
from services.intake.examples import APPLICATION
from services.intake.letters import MOST_CHILDREN
from services.intake.parts import Parts
from services.intake.wordings import Kind
from services.tariff.explanation.html import as_html
from services.tariff.explanation.letter import household_letter
from services.tariff.explanation.pdf import as_pdf
from services.tariff.explanation.plain import as_json
from shared.canonical import canonical_json
from shared.portal_keys import Scope
from shared.sealing import WrappedKey
from shared.store.places import decision_place
from tests import decided_families as families

if TYPE_CHECKING:
    from tests.integration.intake.conftest import Authority, Portal

_INSERT = """
    INSERT INTO decisions (id, application_id, version, valid_from, proposed, mode, tariff_id,
        tariff_version, tariff_digest, engine_version, sealed, sealed_digest)
    VALUES (:id, :application, :version, '2026-09-01', :proposed, :mode, 'psu', '2026-01-01',
        'sha256:00', '1', :sealed, 'sha256:00')
"""
_HTML, _PDF, _JSON = "text/html", "application/pdf", "application/json"


class Decide(Protocol):
    """Records a decision as the tariff worker would."""

    def __call__(
        self,
        content: dict[str, Any],
        *,
        at: str,
        version: int = 1,
        proposed: bool = False,
        mode: str = "automatic",
    ) -> None: ...


@pytest.fixture
def decide(parts: Parts, rows: Callable[..., Any], change: Callable[..., None]) -> Decide:
    def record(
        content: dict[str, Any],
        *,
        at: str,
        version: int = 1,
        proposed: bool = False,
        mode: str = "automatic",
    ) -> None:
        reference = at.rsplit("/", 1)[1]
        [row] = rows(
            "SELECT * FROM applications JOIN application_keys ON application_id = id "
            "WHERE reference = :reference",
            reference=reference,
        )
        data_key = parts.key_ring.unwrap(WrappedKey(row.ring_key, row.wrapped))
        sealed = data_key.seal(canonical_json(content), place=decision_place(row.id))
        values = {"application": row.id, "version": version, "proposed": proposed, "mode": mode}
        change(_INSERT, id=uuid4(), sealed=sealed, **values)

    return record


async def _handed_in(portal: "Portal", **changes: Any) -> str:
    """The address of an application."""
    return str((await portal.post({**APPLICATION, **changes})).headers["location"])


def _kind(answer: Any) -> str:
    return str(answer.json()["type"]).rpartition(":")[2]


async def test_a_letter_comes_in_each_format(portal: "Portal", decide: Decide) -> None:
    """The same letter as the pure room writes, as the reader's Accept chooses."""
    at = await _handed_in(portal)
    decide(families.fee(), at=at)
    paper = household_letter([families.fee()])
    told = {
        form: await portal.get(f"{at}/decision/letter", accept=form)
        for form in (_HTML, _PDF, _JSON)
    }

    assert [200, 200, 200] == [answer.status_code for answer in told.values()]
    assert as_html(paper) == told[_HTML].text
    assert as_pdf(paper) == told[_PDF].content
    assert as_json(paper) == told[_JSON].json()


async def test_nobody_on_the_way_keeps_a_letter(portal: "Portal", decide: Decide) -> None:
    """No cache, no sniffing, no script; what varies says so, and a PDF has a name without names."""
    at = await _handed_in(portal)
    decide(families.fee(), at=at)
    page = await portal.get(f"{at}/decision/letter", accept=_HTML)
    file = await portal.get(f"{at}/decision/letter", accept=_PDF)

    assert ("no-store", "Accept", "fr") == tuple(
        page.headers[name] for name in ("cache-control", "vary", "content-language")
    )
    assert "default-src 'none'" in page.headers["content-security-policy"]
    assert "nosniff" == page.headers["x-content-type-options"]
    reference = at.rsplit("/", 1)[1]
    assert f'inline; filename="decision-{reference}.pdf"' == file.headers["content-disposition"]


@pytest.mark.parametrize(
    ("accept", "served"),
    [
        ("*/*", _JSON),
        ("", _JSON),
        ("application/pdf;q=0.2, text/html;q=0.9", _HTML),
        ("text/html;q=0, */*;q=0.1", _JSON),
        ("text/*", _HTML),
        ("text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", _HTML),
        ("application/json;q=broken, application/pdf", _PDF),
    ],
)
async def test_the_reader_s_preference_is_heard(
    portal: "Portal", decide: Decide, accept: str, served: str
) -> None:
    """By quality, then by precision, then JSON (RFC 9110)."""
    at = await _handed_in(portal)
    decide(families.fee(), at=at)
    answer = await portal.get(f"{at}/decision/letter", accept=accept)

    assert answer.headers["content-type"].startswith(served)


async def test_an_unknown_format_is_refused(portal: "Portal", decide: Decide) -> None:
    """With those that there are."""
    at = await _handed_in(portal)
    decide(families.fee(), at=at)
    answer = await portal.get(f"{at}/decision/letter", accept="application/msword")

    assert (406, Kind.NOT_ACCEPTABLE) == (answer.status_code, _kind(answer))
    assert [_JSON, _HTML, _PDF] == answer.json()["accepted"]


async def test_the_rules_applied_are_told(portal: "Portal", decide: Decide) -> None:
    """The four items, in their order."""
    at = await _handed_in(portal)
    decide(families.fee(), at=at)
    said = (await portal.get(f"{at}/decision/rules")).json()

    assert ["contribution", "data", "parameters", "operations"] == [
        section["name"] for section in said["sections"]
    ]
    assert 200 == (await portal.get(f"{at}/decision/rules", accept=_PDF)).status_code


async def test_a_past_version_can_be_read(portal: "Portal", decide: Decide) -> None:
    """By its number; without one, the version in force."""
    at = await _handed_in(portal)
    decide(families.fee(), at=at)
    decide(families.no_fee(), at=at, version=2)
    titles = [
        (await portal.get(f"{at}/decision/letter{which}")).json()["title"]
        for which in ("", "?version=1", "?version=2")
    ]

    assert ["Votre demande de tarif pour Zoé", "Votre tarif pour Zoé", titles[0]] == titles


@pytest.mark.parametrize("version", ["3", "0", "-1", "deux", "2"])
async def test_a_version_that_is_not_there(portal: "Portal", decide: Decide, version: str) -> None:
    """Unknown, senseless, or proposed: no difference is told."""
    at = await _handed_in(portal)
    decide(families.fee(), at=at)
    decide(families.no_fee(), at=at, version=2, proposed=True)
    answer = await portal.get(f"{at}/decision/letter?version={version}")

    assert (404, Kind.UNKNOWN_VERSION) == (answer.status_code, _kind(answer))


@pytest.mark.parametrize("what", ["", "/letter", "/rules"])
async def test_a_proposal_is_never_told(portal: "Portal", decide: Decide, what: str) -> None:
    """It binds nobody."""
    at = await _handed_in(portal)
    decide(families.fee(), at=at, proposed=True)
    answer = await portal.get(f"{at}/decision{what}")

    assert (404, Kind.NO_DECISION_YET) == (answer.status_code, _kind(answer))


@pytest.mark.parametrize("what", ["", "/letter", "/rules"])
@pytest.mark.parametrize(("mode", "status"), [("automatic", 404), ("validated", 200)])
async def test_who_asks_was_checked_by_somebody(
    portal: "Portal", decide: Decide, what: str, mode: str, status: int
) -> None:
    """A civil status that was only typed gets no figure until a person has said yes."""
    at = await _handed_in(portal, identity_assurance="declared")
    decide(families.fee(), at=at, mode=mode)
    answer = await portal.get(f"{at}/decision{what}")

    assert status == answer.status_code
    assert ("284" in answer.text or "206" in answer.text) == (status == 200)


async def test_another_portal_s_letter_is_unknown(
    portal: "Portal", authority: "Authority", neighbour: "Authority", decide: Decide
) -> None:
    """As any application that does not exist; without a key nobody is served."""
    at = await _handed_in(portal)
    decide(families.fee(), at=at)
    strangers = [portal.showing(key) for key in (authority.keys[1], neighbour.keys[0], None)]
    told = [await stranger.get(f"{at}/decision/letter") for stranger in strangers]

    assert [404, 404, 401] == [answer.status_code for answer in told]


async def test_a_key_without_the_right_is_refused(
    portal: "Portal", decide: Decide, change: Callable[..., None]
) -> None:
    """Letters ask for decisions:read."""
    at = await _handed_in(portal)
    decide(families.fee(), at=at)
    change("UPDATE portal_keys SET scopes = '{applications:read}'")
    answer = await portal.get(f"{at}/decision/letter")

    assert (403, Scope.DECISIONS_READ) == (answer.status_code, answer.json()["scope"])


async def test_the_proof_of_the_state_never_leaves(portal: "Portal", decide: Decide) -> None:
    """In no format of any paper."""
    at = await _handed_in(portal)
    decide(families.fee(), at=at)
    told = [
        await portal.get(f"{at}/decision/{what}", accept=form)
        for what in ("letter", "rules")
        for form in (_HTML, _JSON)
    ]

    assert not any(part in answer.text for answer in told for part in families.PROOF.values())


async def test_a_decision_from_before_has_no_letter(portal: "Portal", decide: Decide) -> None:
    """Its amount is read where it was."""
    at = await _handed_in(portal)
    decide({"record": families.psu_record(), "explanation": ["Votre tarif est fixé."]}, at=at)
    told = [await portal.get(f"{at}/decision{what}") for what in ("/letter", "/rules", "")]

    assert [404, 404, 200] == [answer.status_code for answer in told]
    assert [Kind.NO_LETTER] * 2 == [_kind(answer) for answer in told[:2]]


async def test_erased_is_erased(
    portal: "Portal", decide: Decide, change_as_owner: Callable[[str], None]
) -> None:
    """Once the key is destroyed nothing is told."""
    at = await _handed_in(portal)
    decide(families.fee(), at=at)
    change_as_owner("DELETE FROM application_keys")
    answer = await portal.get(f"{at}/decision/letter")

    assert (410, Kind.ERASED) == (answer.status_code, _kind(answer))


_BROTHER = {"birth_name": "Marchetti-Lô", "first_names": ["Ilan"], "birth": "2026-06-11"}


async def test_siblings_share_a_letter(portal: "Portal", decide: Decide) -> None:
    """When they are asked for together, and of one applicant."""
    first, second = await _handed_in(portal), await _handed_in(portal, child=_BROTHER)
    for at, content in zip((first, second), families.siblings(), strict=True):
        decide(content, at=at)
    said = (await portal.get(f"{first}/decision/letter?with={second.rsplit('/', 1)[1]}")).json()

    assert "Votre tarif pour Zoé et Ilan" == said["title"]


async def test_so_many_siblings_share_a_letter(portal: "Portal", decide: Decide) -> None:
    """More are not read: nobody has so many, and each costs a look at the record."""
    at = await _handed_in(portal)
    decide(families.fee(), at=at)

    def asked(count: int) -> str:
        return f"{at}/decision/letter?" + "&".join(["with=nobody"] * count)

    told = [_kind(await portal.get(asked(n))) for n in (MOST_CHILDREN, MOST_CHILDREN + 1)]
    assert ["unknown-application", "not-found"] == told


async def test_two_households_never_share_a_letter(portal: "Portal", decide: Decide) -> None:
    """Nor does an application of which this portal knows nothing."""
    first, second = await _handed_in(portal), await _handed_in(portal, child=_BROTHER)
    father = families.APPLICANT.model_copy(update={"first_names": ("Marc",)})
    family = families.envelope().family.model_copy(update={"applicant": father})
    decide(families.fee(), at=first)
    decide(families.content(families.envelope(family=family), families.psu_record()), at=second)
    told = [
        await portal.get(f"{first}/decision/letter?with={other}")
        for other in (second.rsplit("/", 1)[1], "7K3F-9QXM-2WT3")
    ]

    assert [(422, Kind.NOT_ONE_HOUSEHOLD), (404, Kind.UNKNOWN_APPLICATION)] == [
        (answer.status_code, _kind(answer)) for answer in told
    ]
    assert "Marc" not in told[0].text


async def test_the_decision_says_what_it_is(portal: "Portal", decide: Decide) -> None:
    """An hour, another unit, or no price at all."""
    at = await _handed_in(portal)
    told = []
    for version, content in enumerate((families.fee(), families.bands(), families.no_fee()), 1):
        decide(content, at=at, version=version)
        told.append((await portal.get(f"{at}/decision")).json())

    assert [("hour", 206, 206, 28_428), ("hour", None, 100, 2_400), (None, None, None, None)] == [
        (one["unit"], one["hourly_cents"], one["price_cents"], one["monthly_cents"]) for one in told
    ]


async def test_the_rules_in_force_are_public(portal: "Portal", change: Callable[..., None]) -> None:
    """Without a key, in HTML first, with each scheme and the tariff of the day."""
    contact = json.dumps(families.CONTACT.model_dump(mode="json"))
    change("UPDATE authorities SET contact = CAST(:contact AS jsonb)", contact=contact)
    anybody = portal.showing(None)
    page = await anybody.get("/v1/authorities/arles/rules")
    said = (await anybody.get("/v1/authorities/arles/rules", accept=_JSON)).json()

    assert (200, "public, max-age=300") == (page.status_code, page.headers["cache-control"])
    assert page.headers["content-type"].startswith(_HTML)
    assert ["Crèches", "Tarif local", "Vos droits"] == [s["title"] for s in said["sections"]]
    told = {
        s["name"]: s["text"] for b in said["sections"][0]["blocks"] for s in b.get("sentences", ())
    }
    assert "Une personne valide chaque décision." == told["scheme.person"]
    assert ["Plafond de ressources, par mois", "8 500,00 €"] in [
        [cell.replace("\u00a0", " ").replace("\u202f", " ") for cell in row[:2]]
        for block in said["sections"][0]["blocks"]
        for row in block.get("rows", ())
    ]


async def test_the_rules_of_nobody(portal: "Portal") -> None:
    """An unknown authority is said to be, to anybody."""
    answer = await portal.showing(None).get("/v1/authorities/atlantis/rules", accept=_JSON)

    assert (404, Kind.UNKNOWN_AUTHORITY) == (answer.status_code, _kind(answer))


async def test_papers_are_as_described(portal: "Portal", decide: Decide, parts: Parts) -> None:
    """Each format that is served is in the description, and no other."""
    at = await _handed_in(portal)
    decide(families.fee(), at=at)
    paths = build_app(parts).openapi()["paths"]
    letter = paths["/v1/applications/{reference}/decision/letter"]["get"]
    rules = paths["/v1/authorities/{code}/rules"]["get"]

    assert {_JSON, _HTML, _PDF} == set(letter["responses"]["200"]["content"])
    assert {_JSON, _HTML} == set(rules["responses"]["200"]["content"])
    assert ["portal" in one for one in letter["security"]] == [True]
    assert "security" not in rules
    assert date(2026, 11, 20) == date.fromisoformat(
        (await portal.get(f"{at}/decision/letter")).json()["dated"]
    )
