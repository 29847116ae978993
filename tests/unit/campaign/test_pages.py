"""What the protocol's page says of campaigns is what the code does."""

from datetime import timedelta
from pathlib import Path

from services.command.campaign.words import KINDS, LEFT_OUT
from shared.campaigns import CampaignKind, CampaignState, LeftOut
from shared.protocol.campaigning.feeding import CHUNK, WINDOW
from shared.protocol.waking import KNOWN_BY_ALL
from shared.watching.words import CAMPAIGNS

_PAGE = Path(__file__).parents[3] / "docs" / "reference" / "protocol.md"


def test_the_bounds_and_states_are_those_of_the_code() -> None:
    """A chunk, a window, the patience after a publication, and each state with its meaning."""
    page = _PAGE.read_text("utf-8")

    assert f"moves at most {CHUNK} members, {WINDOW} under way" in page
    assert f"within {KNOWN_BY_ALL // timedelta(seconds=1)} s of a tariff's publication" in page
    assert [] == [state for state in CampaignState if f"| `{state}` | " not in page]


def test_every_word_of_a_campaign_has_its_french() -> None:
    """States, kinds, and why a member is left out."""
    assert (set(CampaignState), set(CampaignKind), set(LeftOut)) == (
        set(CAMPAIGNS),
        set(KINDS),
        set(LEFT_OUT),
    )
