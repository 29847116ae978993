"""Which story follows which runbook: one row a page, no page without a row."""

from collections.abc import Callable, Mapping

from tests.integration.runbooks.stories import providers
from tests.integration.runbooks.watch import Watch

Story = Callable[[Watch], None]

STORIES: Mapping[str, Story] = {
    "fournisseur-en-panne": providers.a_provider_that_is_down,
    "jeton-bientot-expire": providers.a_token_that_ends_soon,
    "jeton-refuse": providers.a_token_that_is_refused,
    "suspension-oubliee": providers.a_pause_that_was_forgotten,
}

QUICK = {"jeton-bientot-expire", "suspension-oubliee"}
"""Those that `make check` follows; the others are for `make prove`."""

OUT_OF_REACH: Mapping[str, Mapping[str, str]] = {}
"""What a page has that nobody met, and why."""
