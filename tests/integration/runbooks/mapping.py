"""Which story follows which runbook: one row a page, no page without a row."""

from collections.abc import Callable, Mapping

from tests.integration.runbooks.stories import portals, processes, providers, records, servers
from tests.integration.runbooks.watch import Watch

Story = Callable[[Watch], None]

STORIES: Mapping[str, Story] = {
    "dossiers-en-quarantaine": records.applications_set_aside,
    "fournisseur-en-panne": providers.a_provider_that_is_down,
    "invariant-rompu": records.invariants_broken,
    "jeton-bientot-expire": providers.a_token_that_ends_soon,
    "jeton-refuse": providers.a_token_that_is_refused,
    "livraisons-mortes": portals.a_portal_that_is_not_told,
    "migration-bloquee": servers.a_migration_that_is_stuck,
    "planificateur-mort": processes.a_scheduler_that_is_gone,
    "portail-refuse": portals.a_portal_that_is_refused,
    "postgresql-absent": servers.a_postgresql_that_is_away,
    "processus-mort": processes.a_worker_that_is_gone,
    "proposition-hors-delai": records.a_proposal_past_its_date,
    "redis-vide-ou-absent": servers.a_redis_that_is_away_or_empty,
    "retard-qui-grandit": processes.a_backlog_that_grows,
    "suspension-oubliee": providers.a_pause_that_was_forgotten,
    "trousseau-perdu": servers.a_key_ring_that_is_lost,
}

QUICK = {"postgresql-absent", "suspension-oubliee"}
"""Those that `make check` follows; the others are for `make prove`."""

OUT_OF_REACH: Mapping[str, Mapping[str, str]] = {}
"""What a page has that nobody met, and why."""
