"""Journeys through the console on the real stack: with scripts, without, by keyboard alone."""

import re
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from services.console.room import every_room, navigation
from shared.roles import Role
from shared.watching.words import number
from tests.integration.journeys.pages import LONG_MS, Applications, Pauses, Progress
from tests.integration.journeys.scene import strangers, unheard_of

if TYPE_CHECKING:
    from tests.integration.journeys.pages import Visitor
    from tests.integration.journeys.scene import Scene

pytestmark = [pytest.mark.stack, pytest.mark.chromium]

_MANY = 500
_WHY = "Essai du parcours."
_ACTS = frozenset({Role.SUPERVISOR, Role.OPS})
_MANAGES = frozenset({Role.SUPERVISOR, Role.OPS})
_STATUS = "SELECT status FROM applications WHERE reference = :reference"
_TURNS = """
    SELECT count(*) FROM journal j JOIN applications a ON a.id = j.application_id
    WHERE a.reference = ANY(:refs) AND j.was = 'RECEIVED' AND j.now = 'TO_REVIEW'
"""
_LOOKS = "SELECT count(*) FROM accesses WHERE why = :why"


@pytest.mark.parametrize("role", list(Role))
def test_each_role_comes_in_and_sees_what_is_theirs(
    visitor: "Visitor", staged: "Scene", role: Role
) -> None:
    """By a link: the navigation of the role, no act of others, and no page of others."""
    visitor.enter(staged.link(role))

    assert [one.label for one in navigation(every_room(), role)] == visitor.rooms
    visitor.open("/pauses")
    expect(visitor.button("Suspendre")).to_have_count(int(role is Role.OPS))
    visitor.open("/recherche")
    visitor.reads("Chercher par nom" if role is not Role.DPO else "pas dans votre rôle")
    visitor.open("/acces")
    visitor.reads("Accès" if role in _MANAGES else "pas dans votre rôle")


def test_an_application_is_found(visitor: "Visitor", staged: "Scene") -> None:
    """By its reference; by where it stands; by a name and a birth date, with a reason kept."""
    name = unheard_of()
    [family] = strangers(1, family=name)
    reference = staged.hand_in_one(family)
    staged.settled([reference])
    applications = Applications(visitor)
    visitor.enter(staged.link(Role.AGENT))

    applications.by_reference(reference)
    applications.by_filter(state="À instruire par un agent", reason="demandeur non identifié")
    assert reference in applications.references
    looks = staged.one(_LOOKS, why=_WHY)
    applications.by_name(name, family["child"]["birth"], _WHY)
    visitor.page.get_by_role("heading", level=2, name=re.compile("dossier")).wait_for()
    assert [reference] == applications.references
    assert looks + 1 == staged.one(_LOOKS, why=_WHY)


def test_a_paused_provider_holds_and_goes_on(visitor: "Visitor", staged: "Scene") -> None:
    """Nothing calls it while the scheduler goes round; once resumed, what waited is decided."""
    visitor.enter(staged.link(Role.OPS))
    Pauses(visitor).pause("Fournisseur api-particulier", _WHY)
    called, reference = staged.calls(), staged.hand_in_one(staged.newcomers(1)[0])
    staged.while_the_scheduler_beats(3)

    Applications(visitor).by_reference(reference)
    expect(visitor.page.locator("main .lead").first).to_contain_text("Reçu, à vérifier")
    assert ("RECEIVED", called) == (staged.one(_STATUS, reference=reference), staged.calls())
    visitor.go("Veille")
    expect(visitor.page.locator("main")).to_contain_text("suspendu")

    Pauses(visitor).resume(_WHY)
    staged.settled([reference])
    Applications(visitor).by_reference(reference)
    expect(visitor.page.locator("main .lead").first).to_contain_text("Décidé")


def test_five_hundred_are_retried(visitor: "Visitor", staged: "Scene") -> None:
    """By a filter: a preview counts them, a reason confirms, progress is followed to the end."""
    references = staged.hand_in(strangers(_MANY, family=unheard_of()))
    staged.settled(references)
    applications, progress = Applications(visitor), Progress(visitor)
    visitor.enter(staged.link(Role.OPS))

    applications.by_filter(state="À instruire par un agent", reason="demandeur non identifié")
    count = applications.count
    assert count >= _MANY
    applications.order_on_all("Relancer maintenant")
    expect(visitor.page.locator("h1")).to_contain_text(f"{number(count)} dossiers")
    assert _MANY == staged.one(_TURNS, refs=references)
    visitor.why(_WHY, "Relancer maintenant")
    visitor.is_told("lancée")
    progress.ends_with("Terminée")

    assert (number(count), "0") == (progress.tile("Faits"), progress.tile("Laissés"))
    staged.settled(references)
    assert 2 * _MANY == staged.one(_TURNS, refs=references)


def test_a_quarantined_application_is_released(visitor: "Visitor", staged: "Scene") -> None:
    """From the overview, which shows it, to its end: it goes on once it is out."""
    [reference] = staged.hand_in(strangers(1, family=unheard_of()))
    staged.settled([reference])
    staged.quarantine(reference)
    visitor.enter(staged.link(Role.OPS))

    visitor.go("Veille")
    link = visitor.page.get_by_role("link", name=reference)
    expect(link).to_be_visible(timeout=LONG_MS)
    visitor.hand.press(link)
    visitor.reads(reference)
    Applications(visitor).order_on_this("Sortir de quarantaine")
    visitor.why(_WHY, "Sortir de quarantaine")
    visitor.is_told("Sortir de quarantaine")
    staged.settled([reference])
    assert "TO_REVIEW" == staged.one(_STATUS, reference=reference)
    expect(visitor.page.locator("blockquote").filter(has_text=_WHY)).to_be_visible()


def test_a_campaign_is_followed_to_its_end(visitor: "Visitor", staged: "Scene") -> None:
    """Started at a terminal, it is watched until the page itself says that it is over."""
    staged.settled(staged.hand_in(staged.newcomers(10)))
    started = staged.start_campaign()
    visitor.enter(staged.link(Role.SUPERVISOR))

    visitor.go("Campagnes")
    visitor.hand.press(visitor.page.get_by_role("link", name=started["code"]))
    visitor.reads(started["code"])
    Progress(visitor).ends_with("Terminée")

    assert started["members"] > 0
    tiles = [Progress(visitor).tile(label) for label in ("À reprendre", "En cours")]
    assert ["0", "0"] == tiles
