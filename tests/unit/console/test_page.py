"""What the console shows, asked over ASGI with figures that are handed to it."""

import re
from collections.abc import AsyncIterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from uuid import uuid4

import httpx
import pytest
from sqlalchemy.exc import OperationalError

from services.console.rooms.overview import Overviews
from services.console.rooms.timeline import Timelines
from shared.roles import Scope
from shared.states import Reason, Status
from shared.watching.figures import Quarantined, Snapshot, Standing, Switch
from shared.watching.overview import Overview
from shared.watching.story import Beside
from shared.watching.timeline import Entry, Timeline
from tests.console_house import console
from tests.unit.console.shown import overview_of

_AT = datetime(2026, 11, 23, 3, 0, tzinfo=UTC)
_REFERENCE = "7K3F-9QXM-2WTB"


@dataclass
class Shown:
    """What the page reads, which a test may change or take away."""

    snapshot: Snapshot | None
    timeline: Timeline | None = None
    beside: Beside = field(default_factory=lambda: Beside(uuid4()))

    def read(self, _scope: Scope) -> Overview:
        if self.snapshot is None:
            raise OperationalError("SELECT", {}, Exception("connection refused"))
        return overview_of(self.snapshot)

    def find(self, _scope: Scope, reference: str) -> tuple[Timeline, Beside] | None:
        if self.timeline is None or reference != _REFERENCE:
            return None
        return self.timeline, self.beside


@pytest.fixture
def shown(calm: Snapshot) -> Shown:
    return Shown(calm)


@pytest.fixture
async def page(shown: Shown) -> AsyncIterator[httpx.AsyncClient]:
    given = {Overviews: Overviews(shown.read), Timelines: Timelines(shown.find)}
    async with console(given=given) as client:
        yield client


def _a_timeline(*, broken_at: int | None = None) -> Timeline:
    entries = (
        Entry(1, _AT, "portal:arles", None, Status.RECEIVED, None, sound=True),
        Entry(
            2, _AT, "service:verifier", Status.RECEIVED, Status.PARKED, Reason.NO_FILE,
            sound=broken_at is None,
        ),
    )  # fmt: skip
    return Timeline(
        reference=_REFERENCE, status=Status.PARKED, reason=Reason.NO_FILE, lane="now",
        received_at=_AT, moved_at=_AT, due_at=_AT, last_date=None, starts=0, attempts=0,
        held_by=None, entries=entries, broken_at=broken_at, cut=False,
    )  # fmt: skip


async def test_a_calm_moment_says_so(page: httpx.AsyncClient) -> None:
    """With nothing wrong, the page says that nothing is."""
    answer = await page.get("/")

    assert 200 == answer.status_code
    assert "Rien à signaler." in answer.text


async def test_alerts_are_told_with_their_remedy(page: httpx.AsyncClient, shown: Shown) -> None:
    """What is wrong stands on the page, and in its title."""
    assert shown.snapshot is not None
    aside = Standing(Status.QUARANTINED, Reason.NEVER_FINISHED, 3)
    one = Quarantined(_REFERENCE, _AT, 5)
    shown.snapshot = replace(shown.snapshot, standings=(aside,), quarantined=(one,))

    answer = await page.get("/")

    assert "3 dossiers en quarantaine." in answer.text
    assert "<title>(1) Veille" in answer.text
    assert f'href="/dossiers/{_REFERENCE}"' in answer.text


async def test_the_pace_is_told_by_habilitation(page: httpx.AsyncClient) -> None:
    """Permits taken in the last minute, of those that its pace gives."""
    answer = await page.get("/")

    assert "810 sur 1\u202f080 (75\u00a0%)" in answer.text
    assert "rythme : 18 par s" in answer.text


async def test_refresh_can_be_paused(page: httpx.AsyncClient) -> None:
    """The page renews itself, until who reads it asks that it does not."""
    renewed = ['http-equiv="refresh"' in (await page.get(path)).text for path in ("/", "/?pause=1")]

    assert [True, False] == renewed


async def test_what_an_operator_wrote_is_escaped(page: httpx.AsyncClient, shown: Shown) -> None:
    """A reason typed in a terminal is text on the page, never markup."""
    assert shown.snapshot is not None
    switch = Switch("ringing", None, "<script>x</script> berceau doctor", _AT, None)
    shown.snapshot = replace(shown.snapshot, switches=(switch,))

    answer = await page.get("/")

    assert "<script>" not in answer.text
    assert "&lt;script&gt;" in answer.text


async def test_a_timeline_tells_each_transition(page: httpx.AsyncClient, shown: Shown) -> None:
    """When, who, from, to and why, in French."""
    shown.timeline = _a_timeline()

    text = (await page.get(f"/dossiers/{_REFERENCE}")).text

    assert "Portail arles" in text
    assert "Un droit nouveau peut mettre 30 jours à apparaître." in text
    assert "Chaque ligne du journal suit bien la précédente." in text


async def test_a_broken_chain_is_told_by_its_line(page: httpx.AsyncClient, shown: Shown) -> None:
    """From the line where the chain breaks, the journal is no proof any more, said once."""
    shown.timeline = _a_timeline(broken_at=2)

    text = (await page.get(f"/dossiers/{_REFERENCE}")).text

    assert "La chaîne du journal est rompue à la ligne 2." in text
    assert 1 == text.count("À partir d’ici")


@pytest.mark.parametrize("reference", ["AAAA-BBBB", "a%20b", "%3Cb%3E", "x" * 500])
async def test_an_unknown_reference_is_said_and_not_repeated(
    reference: str, page: httpx.AsyncClient
) -> None:
    """Somebody may have typed a name: it is not shown back."""
    answer = await page.get(f"/dossiers/{reference}")

    assert 404 == answer.status_code
    assert "Aucun dossier n’a cette référence" in answer.text
    assert reference not in answer.text


@pytest.mark.parametrize(
    ("typed", "leads"),
    [
        (" 7k3f 9qxm 2wtb ", f"/dossiers/{_REFERENCE}"),
        (_REFERENCE, f"/dossiers/{_REFERENCE}"),
    ],
)
async def test_the_search_leads_to_the_application(
    typed: str, leads: str, page: httpx.AsyncClient
) -> None:
    """As it is said over the telephone, so it may be typed."""
    answer = await page.get("/dossiers", params={"reference": typed})

    assert (303, leads) == (answer.status_code, answer.headers["location"])


async def test_a_name_in_the_search_goes_nowhere(page: httpx.AsyncClient) -> None:
    """What is not a reference is neither looked up, nor redirected to, nor shown."""
    answer = await page.get("/dossiers", params={"reference": "//exemple.com/Zoé Lô"})

    assert 404 == answer.status_code
    assert "Lô" not in answer.text


async def test_a_record_that_does_not_answer_is_said(page: httpx.AsyncClient, shown: Shown) -> None:
    """Without PostgreSQL the page still says what is wrong, and why nothing is lost."""
    shown.snapshot = None

    answer = await page.get("/")

    assert 503 == answer.status_code
    assert "PostgreSQL ne répond pas" in answer.text
    assert 'href="">Réessayer</a>' in answer.text
    assert 'http-equiv="refresh"' not in answer.text  # nobody is moved while they read
    assert "connection refused" not in answer.text


@pytest.mark.parametrize("path", ["/", "/console.css", "/healthz", "/ailleurs", "/dossiers/A"])
async def test_every_answer_is_closed(path: str, page: httpx.AsyncClient) -> None:
    """No inline script, no frame, no referrer elsewhere, no cookie, nothing kept, on any answer."""
    headers = (await page.get(path)).headers

    assert headers["content-security-policy"].startswith("default-src 'none'; style-src 'self'")
    assert "frame-ancestors 'none'" in headers["content-security-policy"]
    assert ("same-origin", "nosniff", "no-store") == (
        headers["referrer-policy"],
        headers["x-content-type-options"],
        headers["cache-control"],
    )
    assert "set-cookie" not in headers


@pytest.mark.parametrize("host", ["exemple.com", "localhost.exemple.com", ""])
async def test_another_name_is_refused(host: str, page: httpx.AsyncClient) -> None:
    """A page of somebody else's cannot ask this one under its own name."""
    answer = await page.get("/", headers={"Host": host})

    assert 421 == answer.status_code
    assert "Veille" not in answer.text


@pytest.mark.parametrize("method", ["PUT", "DELETE", "OPTIONS", "PATCH"])
async def test_only_reading_and_forms_are_answered(method: str, page: httpx.AsyncClient) -> None:
    """A browser without JavaScript sends nothing else."""
    answer = await page.request(method, "/")

    assert (405, "GET, HEAD, POST") == (answer.status_code, answer.headers["allow"])


@pytest.mark.parametrize("path", ["/", "/healthz", "/console.css"])
async def test_head_is_answered(path: str, page: httpx.AsyncClient) -> None:
    """HEAD is GET without its body."""
    assert 200 == (await page.head(path)).status_code


async def test_a_page_has_its_landmarks(page: httpx.AsyncClient, shown: Shown) -> None:
    """Language, one h1, labelled sections, captioned tables, scoped headers, no inline style."""
    shown.timeline = _a_timeline()
    for path in ("/", f"/dossiers/{_REFERENCE}"):
        text = (await page.get(path)).text

        assert '<html lang="fr">' in text
        assert 1 == len(re.findall(r"<h1", text)) == len(re.findall(r"<main", text))
        assert len(re.findall(r"<table", text)) == len(re.findall(r"<caption", text))
        assert [] == re.findall(r"<th(?![^>]*scope=)(?!ead)[^>]*>", text)
        assert [] == re.findall(r"\sstyle=|<script(?! src=)|<style|\son\w+=", text)
        labels = re.findall(r'aria-labelledby="([^"]+)"', text)
        assert [] == [label for label in labels if f'id="{label}"' not in text]
