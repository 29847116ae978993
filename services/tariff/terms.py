"""Terms: what a scheme, its authority and a campaign say of how a fee is decided. Pure."""

from dataclasses import dataclass
from datetime import date

from shared.decisions import AuthorityTold, SchemeTold
from shared.scheme_rules import SchemeKind, SchemeRules
from shared.signing import Author, Signatory, signatory_on


@dataclass(frozen=True, slots=True)
class SchemeTerms:
    """A scheme (dispositif): its tariff, who may enter, and who decides for its authority."""

    automatic: bool
    tariff: str
    rules: SchemeRules
    told: SchemeTold
    authority: AuthorityTold
    signatories: tuple[Signatory, ...] = ()

    @property
    def is_aid(self) -> bool:
        """Whether it pays families, rather than they pay."""
        return self.rules.kind is SchemeKind.AID

    def author(self, on: date) -> Author | None:
        """Who decides for the authority on a day; None when nobody may."""
        return signatory_on(self.signatories, on)


@dataclass(frozen=True, slots=True)
class CampaignTerms:
    """A campaign: its code, whether agents say yes to its drafts, whether it corrects a tariff."""

    code: str
    drafts: bool
    corrects: bool
