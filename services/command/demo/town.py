"""The demo's town: an invented authority, its three nurseries, and its automatic scheme."""

from datetime import UTC, datetime

from services.command.founding import Access, Plan, Structure

SCHEME = "creches"
_SIRET = "21130000900019"  # a SIRET of the right form; the town of the demo is invented


def plan(*, token: str, key_hash: bytes, pace: int) -> Plan:
    """The town, with the right to call the simulator at this pace (calls a second)."""
    return Plan(
        code="berceau-sur-loire",
        name="Ville de Berceau-sur-Loire",
        kind="commune",
        siret=_SIRET,
        structures=(
            Structure("les-mesanges", "Crèche Les Mésanges", ("collectif",)),
            Structure("la-ribambelle", "Micro-crèche La Ribambelle", ("micro_creche",)),
            Structure(
                "au-fil-de-l-eau", "Crèche familiale Au fil de l'eau", ("familial_parental",)
            ),
        ),
        access=Access(
            code="demo",
            recipient=_SIRET,
            token=token,
            token_expires_at=_end_of_token(),
            pace=pace,
            burst=max(2, pace // 10),
        ),
        scheme=SCHEME,
        scheme_name="Accueil en crèche (barème national)",
        automatic_ground=(
            "Démonstration sur des familles inventées : aucune décision réelle n'est prise. Les "
            "tarifs qui tiennent compte de l'AEEH attendent quand même un agent."
        ),
        portal="demo-famille",
        portal_name="Espace famille de démonstration",
        portal_key_hash=key_hash,
        stages=("admission", "estimate"),
    )


def _end_of_token() -> datetime:
    """The end of next year: the same all year long, so that founding anew changes nothing."""
    return datetime(datetime.now(UTC).year + 2, 1, 1, tzinfo=UTC)
