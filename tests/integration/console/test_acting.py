"""Acts at the console: previewed with a count, confirmed with a reason, followed to their end."""

import re
from typing import TYPE_CHECKING

import pytest

from shared.roles import Role
from shared.states import Reason, Status

if TYPE_CHECKING:
    import httpx

    from tests.console_record import Consoles, Page
    from tests.integration.console.conftest import TwoTowns

pytestmark = pytest.mark.stack
_PARKED = {"status": Status.PARKED, "reason": Reason.PROVIDER_UNAVAILABLE, "due_at": None}
_EVERY_PARKED = {"portee": "tout", "filtre": "state=PARKED", "verbe": "retry"}
_STANDINGS = "SELECT status, count(*) FROM applications GROUP BY status ORDER BY status"
_NOTED = "SELECT DISTINCT actor, act, comment FROM operations WHERE application_id IS NOT NULL"


async def _act(page: "Page", **fields: str) -> "httpx.Response":
    return await page.browser.post("/agir", data=page.form(**fields))


def _dd(text: str, label: str) -> str:
    """What a tile of a page shows."""
    found = re.search(rf"<dt>{label}</dt><dd>([^<]*)</dd>", text)
    return "" if found is None else found[1]


async def test_five_hundred_are_retried_by_filter_with_progress(
    two_towns: "TwoTowns", consoles: "Consoles"
) -> None:
    """Counted before, followed while, journalled with who and why after."""
    two_towns.record.plant(500, **_PARKED)
    two_towns.record.plant(3, status=Status.TO_REVIEW)
    page = consoles.signed_in(Role.OPS)

    preview = await _act(page, **_EVERY_PARKED)
    begun = await _act(page, **_EVERY_PARKED, apercu="500", comment="panne finie")
    before = await page.browser.get(begun.headers["location"])
    two_towns.carry_to_the_end()
    after = await page.browser.get(begun.headers["location"])

    assert "500 dossiers" in preview.text
    assert 303 == begun.status_code
    assert ("0", "500") == (_dd(before.text, "Faits"), _dd(before.text, "Restent"))
    assert ("500", "0") == (_dd(after.text, "Faits"), _dd(after.text, "Restent"))
    assert "Terminée" in after.text
    assert [("RECEIVED", 500), ("TO_REVIEW", 3)] == two_towns.record.rows(_STANDINGS)
    who = f"person:{page.person.id}"
    assert [(who, "retry", "panne finie")] == two_towns.record.rows(_NOTED)


async def test_the_progress_is_sent_to_who_watches(
    two_towns: "TwoTowns", consoles: "Consoles"
) -> None:
    """The stream of an action that is over says so, and ends."""
    two_towns.record.plant(2, **_PARKED)
    page = consoles.signed_in(Role.OPS)
    begun = await _act(page, **_EVERY_PARKED, apercu="2", comment="panne finie")
    two_towns.carry_to_the_end()

    stream = await page.browser.get(f"{begun.headers['location']}/evenements")

    assert stream.headers["content-type"].startswith("text/event-stream")
    assert ["part", "end"] == re.findall(r"^event: (\w+)$", stream.text, re.MULTILINE)
    assert "2 dossiers" in stream.text


@pytest.mark.parametrize("previewed", ["2", "deux", "9" * 5_000], ids=["2", "word", "digits"])
async def test_more_than_was_previewed_is_not_begun(
    two_towns: "TwoTowns", consoles: "Consoles", previewed: str
) -> None:
    """Who confirmed two did not confirm three: the page is shown again, with the new count."""
    two_towns.record.plant(3, **_PARKED)
    page = consoles.signed_in(Role.OPS)

    answer = await _act(page, **_EVERY_PARKED, apercu=previewed, comment="panne finie")

    assert 422 == answer.status_code
    assert "Relancer maintenant (3)" in answer.text
    assert 0 == two_towns.record.one("SELECT count(*) FROM bulk_actions")


async def test_no_act_without_a_reason(two_towns: "TwoTowns", consoles: "Consoles") -> None:
    """What is typed stays, what is wrong is said, nothing is done."""
    two_towns.record.plant(1, **_PARKED)
    page = consoles.signed_in(Role.OPS)

    answer = await _act(page, **_EVERY_PARKED, apercu="1", comment="rappeler zoe@exemple.fr")

    assert 422 == answer.status_code
    assert 'href="#champ-comment"' in answer.text
    assert "rappeler zoe@exemple.fr" in answer.text
    assert 0 == two_towns.record.one("SELECT count(*) FROM bulk_actions")


async def test_a_form_of_another_site_s_does_nothing(
    two_towns: "TwoTowns", consoles: "Consoles"
) -> None:
    """Without the proof that one of our pages asked, or from elsewhere, nothing is begun."""
    two_towns.record.plant(1, **_PARKED)
    page = consoles.signed_in(Role.OPS)
    fields = {**_EVERY_PARKED, "apercu": "1", "comment": "panne finie"}

    unproven = await page.browser.post("/agir", data=fields)
    elsewhere = await page.browser.post(
        "/agir", data=page.form(**fields), headers={"Origin": "http://exemple.com"}
    )

    assert [403, 403] == [unproven.status_code, elsewhere.status_code]
    assert 0 == two_towns.record.one("SELECT count(*) FROM bulk_actions")


async def test_one_is_released_at_once_and_its_timeline_says_why(
    two_towns: "TwoTowns", consoles: "Consoles"
) -> None:
    """Out of quarantine: the page of the application tells who did it, and their reason."""
    [id_] = two_towns.record.plant(1, status=Status.QUARANTINED, due_at=None, starts=5)
    reference = two_towns.record.reference_of(id_)
    page = consoles.signed_in(Role.SUPERVISOR, [two_towns.arles.authority])
    fields = {"portee": "choix", "dossier": reference, "verbe": "release"}

    preview = await _act(page, **fields)
    done = await _act(page, **fields, comment="cause corrigée")
    shown = await page.browser.get(done.headers["location"])

    assert "Sortir de quarantaine (1)" in preview.text
    assert f"/dossiers/{reference}" == done.headers["location"]
    assert ["RECEIVED"] == two_towns.record.column("status", [id_])
    assert "Sortir de quarantaine : fait." in shown.text.replace("\u00a0", " ")
    assert "cause corrigée" in shown.text
    assert page.person.name in shown.text


async def test_a_supervisor_acts_on_their_own_authority_s_only(
    two_towns: "TwoTowns", consoles: "Consoles"
) -> None:
    """Another's is not there by its reference, and is not among everything that matches."""
    two_towns.record.plant(2, **_PARKED)
    [theirs] = two_towns.plant_in_nimes(1, **_PARKED)
    page = consoles.signed_in(Role.SUPERVISOR, [two_towns.arles.authority])
    reference = two_towns.record.reference_of(theirs)

    by_reference = await _act(page, portee="choix", dossier=reference, verbe="retry", comment="x")
    begun = await _act(page, **_EVERY_PARKED, apercu="2", comment="panne finie")
    two_towns.carry_to_the_end()

    assert (404, 303) == (by_reference.status_code, begun.status_code)
    assert ["PARKED"] == two_towns.record.column("status", [theirs])
    assert [("PARKED", 1), ("RECEIVED", 2)] == two_towns.record.rows(_STANDINGS)


async def test_an_action_is_paused_resumed_and_cancelled_with_reasons(
    two_towns: "TwoTowns", consoles: "Consoles"
) -> None:
    """Each asks why first; what was not done stays as it was."""
    two_towns.record.plant(2, **_PARKED)
    page = consoles.signed_in(Role.OPS)
    begun = await _act(page, **_EVERY_PARKED, apercu="2", comment="panne finie")
    action = begun.headers["location"]

    states = []
    for how in ("suspendre", "reprendre", "annuler"):
        asked = await page.browser.post(f"{action}/{how}", data=page.form())
        assert 'name="comment"' in asked.text
        await page.browser.post(f"{action}/{how}", data=page.form(comment=f"pour {how}"))
        states.append(two_towns.record.one("SELECT state FROM bulk_actions"))
    two_towns.carry_to_the_end()

    assert ["paused", "running", "cancelled"] == states
    assert [("PARKED", 2)] == two_towns.record.rows(_STANDINGS)
    noted = "SELECT comment FROM operations WHERE act <> 'bulk_start' ORDER BY at"
    assert ["pour suspendre", "pour reprendre", "pour annuler"] == [
        row.comment for row in two_towns.record.rows(noted)
    ]


async def test_an_action_is_seen_by_who_asked_and_by_those_who_see_everything(
    two_towns: "TwoTowns", consoles: "Consoles"
) -> None:
    """A supervisor of the other town finds none of it."""
    two_towns.record.plant(2, **_PARKED)
    ours = consoles.signed_in(Role.SUPERVISOR, [two_towns.arles.authority])
    theirs = consoles.signed_in(Role.SUPERVISOR, [two_towns.nimes.authority])
    begun = await _act(ours, **_EVERY_PARKED, apercu="2", comment="panne finie")
    action = begun.headers["location"]

    seen = [
        (await page.browser.get(action)).status_code
        for page in (ours, consoles.signed_in(Role.OPS), theirs)
    ]

    assert [200, 200, 404] == seen
