"""What every page has, read as a browser would: landmarks, headings, labels, captions, names."""

from collections import Counter
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import TYPE_CHECKING
from uuid import uuid4

import pytest
from sqlalchemy import insert

from shared.campaigns import CampaignKind, CampaignState
from shared.protocol.operating import bulk
from shared.protocol.operating.orders import Order, Verb
from shared.protocol.sampling import sample
from shared.roles import Role
from shared.states import Reason, Status
from shared.store.campaigns import CampaignRow

if TYPE_CHECKING:
    from tests.console_record import Consoles, Page
    from tests.integration.console.conftest import TwoTowns

pytestmark = pytest.mark.stack
_FIELDS = {"input", "select", "textarea", "progress"}
_UNLABELLED = {"hidden", "submit", "button"}
_HEADINGS = {"h1": 1, "h2": 2, "h3": 3, "h4": 4}


@dataclass
class Markup(HTMLParser):
    """What a page holds, as far as these tests ask."""

    text: str
    tags: Counter[str] = field(default_factory=Counter)
    ids: list[str] = field(default_factory=list)
    headings: list[int] = field(default_factory=list)
    named_by: list[str] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)
    labels: set[str] = field(default_factory=set)
    fields: list[str] = field(default_factory=list)
    _in_label: int = 0

    def __post_init__(self) -> None:
        super().__init__()
        self.feed(self.text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        self.tags[tag] += 1
        self._note(given)
        if tag in _HEADINGS:
            self.headings.append(_HEADINGS[tag])
        if tag == "label":
            self._in_label += 1
            self.labels.add(given.get("for") or "")
        if tag == "th" and "scope" not in given:
            self.faults.append("a header without its scope")
        if tag in _FIELDS and given.get("type") not in _UNLABELLED and not self._in_label:
            self.fields.append(given.get("id") or f"{tag} without an id")

    def handle_endtag(self, tag: str) -> None:
        if tag == "label":
            self._in_label -= 1

    def _note(self, given: dict[str, str | None]) -> None:
        href = given.get("href") or ""
        if href.startswith("#"):
            self.named_by.append(href.removeprefix("#"))
        if given.get("id"):
            self.ids.append(given["id"] or "")
        for name in ("aria-labelledby", "aria-describedby"):
            self.named_by += (given.get(name) or "").split()
        self.faults += [name for name in given if name == "style" or name.startswith("on")]

    def wrong(self) -> list[str]:
        """Everything that is not as it should be, in words."""
        steps = zip([0, *self.headings], self.headings, strict=False)
        return [
            *self.faults,
            *(f"h{now} after h{was}" for was, now in steps if now > was + 1),
            *(f"{tag}: {self.tags[tag]}" for tag in ("h1", "main") if self.tags[tag] != 1),
            *(f"id twice: {id_}" for id_, times in Counter(self.ids).items() if times > 1),
            *(f"named by nothing: {id_}" for id_ in self.named_by if id_ not in self.ids),
            *(f"no label: {id_}" for id_ in self.fields if id_ not in self.labels),
            *(["a table without a caption"] * (self.tags["table"] - self.tags["caption"])),
        ]


async def _paths(town: "TwoTowns", page: "Page") -> list[str]:
    """Every page that is read, each with something on it."""
    some = town.record.plant(3, status=Status.PARKED, reason=Reason.NO_FILE, due_at=None)
    town.record.plant(1, status=Status.QUARANTINED, due_at=None, starts=5)
    campaign = {"id": uuid4(), "code": "essai", "authority_id": town.arles.authority, "total": 0}
    campaign |= {"kind": CampaignKind.REPRICING, "state": CampaignState.RUNNING}
    order = Order(verb=Verb.RETRY, actor=f"person:{page.person.id}", comment="Essai.")
    with town.record.engine.begin() as connection:
        action = bulk.start_on(connection, some, order)
        connection.execute(insert(CampaignRow), campaign | {"started_by": "command:essai"})
    sample(town.record.engine)
    await page.browser.post("/pauses", data=page.form(what="queue:verify.now", comment="essai"))
    filters = {"filtre": "state=PARKED", "nom": "en attente", "pour": ""}
    await page.browser.post("/filtres", data=page.form(**filters))
    return [
        "/",
        "/courbes",
        "/dossiers",
        "/dossiers?state=PARKED",
        "/dossiers?older=hier",
        f"/dossiers/{town.record.reference_of(some[0])}",
        "/recherche",
        "/actions",
        f"/actions/{action}",
        "/pauses",
        "/campagnes",
        f"/campagnes/{campaign['id']}",
        "/livraisons",
    ]


async def test_every_page_can_be_read_without_seeing_it(
    two_towns: "TwoTowns", consoles: "Consoles"
) -> None:
    """One h1, headings in order, fields with labels, tables with captions, names that exist."""
    page = consoles.signed_in(Role.OPS)
    paths = await _paths(two_towns, page)

    read = {path: Markup((await page.browser.get(path)).text) for path in paths}

    assert {path: [] for path in paths} == {path: one.wrong() for path, one in read.items()}


async def test_every_form_that_is_refused_says_where(
    two_towns: "TwoTowns", consoles: "Consoles"
) -> None:
    """The summary leads to each field; so does the page that asks why."""
    page = consoles.signed_in(Role.OPS)
    await _paths(two_towns, page)
    every = {"portee": "tout", "filtre": "state=PARKED", "verbe": "close", "apercu": "3"}
    posts = [
        ("/agir", every),
        ("/agir", {**every, "comment": ""}),
        ("/pauses", {}),
        ("/pauses/reprendre", {"what": "queue:verify.now"}),
        ("/pauses/reprendre", {"what": "queue:verify.now", "comment": ""}),
    ]

    read = [
        Markup((await page.browser.post(path, data=page.form(**fields))).text)
        for path, fields in posts
    ]

    assert [[]] * len(posts) == [one.wrong() for one in read]
