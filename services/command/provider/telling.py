"""What a trial says, as one JSON object and in French. Pure."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random
from typing import Any

from services.command.provider.trial import Tried
from services.verifier.cases import Standing
from services.verifier.consequences import Consequence, consequence
from services.verifier.provider.answer import Failure
from shared.evidence import (
    Busy,
    Certified,
    Forbidden,
    Inconsistent,
    InputRefused,
    NoChildUnderSeven,
    NoFile,
    NotIdentified,
    Outcome,
    Unavailable,
    Unreadable,
)
from shared.provenance import Provenance
from shared.sentences import SENTENCES
from shared.watching.words import status_words

WORDS: Mapping[type[Outcome], str] = {
    Certified: "certified",
    NotIdentified: "not_identified",
    NoFile: "no_file",
    NoChildUnderSeven: "no_child_under_seven",
    InputRefused: "input_refused",
    Inconsistent: "inconsistent",
    Forbidden: "forbidden",
    Busy: "busy",
    Unavailable: "unavailable",
    Unreadable: "unavailable",  # nothing that can be used; `detail` tells the two apart
}
_IN_FRENCH: Mapping[type[Outcome], str] = {
    Certified: "certifié : la réponse est de ce foyer",
    NotIdentified: "personne d'identifié avec cet état civil",
    NoFile: "identifié, mais sans dossier utilisable",
    NoChildUnderSeven: "le dossier n'a pas d'enfant de moins de 7 ans",
    InputRefused: "un champ est refusé",
    Inconsistent: "la réponse n'est pas, ou pas sûrement, de cette personne",
    Forbidden: "le jeton, le droit ou le destinataire est refusé",
    Busy: "à redemander plus tard (quota, doublon ou maintenance)",
    Unavailable: "le service ne répond pas, ou mal",
    Unreadable: "une réponse hors du contrat",
}


@dataclass(frozen=True, slots=True, repr=False)
class Told:
    """A trial and what would become of an application, at a moment (UTC), from a source."""

    tried: Tried
    source: str
    now: datetime
    first_retry: timedelta

    def as_json(self) -> str:
        """One JSON object, on one line."""
        return json.dumps(self._content(), ensure_ascii=False)

    def as_text(self) -> str:
        """For a person."""
        return "\n".join(self._lines())

    def _content(self) -> dict[str, Any]:
        outcome, after = self.tried.outcome, self._after()
        found = _provenance(outcome)
        return {
            "outcome": WORDS[type(outcome)],
            "detail": _detail(outcome),
            "http_status": found.http_status if found else None,
            "code": found.code if found else None,
            "request_id": found.request_id if found else None,
            "cached": found.cached if found else None,
            "facts": self.tried.facts,
            "quota": self.tried.quota or None,
            "application": {
                "state": after.status,
                "reason": after.reason,
                "due_at": _moment(after.due_at),
                "last_date": _moment(after.last_date),
                "agent": SENTENCES[after.reason].agent if after.reason else None,
            },
        }

    def _after(self) -> Consequence:
        return consequence(
            self.tried.outcome,
            Standing(attempts=0, last_date=None, source=self.source),
            self.now,
            first_retry=self.first_retry,
            chance=Random(0),  # a date as good as any of those that are drawn
        )

    def _lines(self) -> Iterator[str]:
        content = self._content()
        outcome = self.tried.outcome
        detail = f" ({content['detail']})" if content["detail"] else ""
        yield f"Résultat   {content['outcome']} — {_IN_FRENCH[type(outcome)]}{detail}"
        answered = content["http_status"]
        yield f"Réponse    {_answer(content) if answered else 'aucune'}"
        if content["request_id"]:
            yield f"Numéro     {content['request_id']}"
        if content["quota"]:
            yield f"Quota      {_quota(content['quota'])}"
        yield f"Le dossier {_dossier(self._after())}"
        if content["application"]["agent"]:
            yield f"           {content['application']['agent']}"
        if content["facts"]:
            yield "Données reçues :"
            yield json.dumps(content["facts"], ensure_ascii=False, indent=2)


def _detail(outcome: Outcome) -> str | None:
    """The doubt, the refused fields or the kind of failure, by our own words."""
    match outcome:
        case Inconsistent(doubt=why) | Unavailable(failure=why):
            return str(why)
        case InputRefused(fields=fields):
            return ", ".join(fields)
        case Unreadable():
            return "unreadable"
        case Busy(retry_at=retry_at):
            return _moment(retry_at)
        case Forbidden(provenance=None):  # nobody answered, for nothing left
            return str(Failure.UNSENDABLE)
    return None


def _provenance(outcome: Outcome) -> Provenance | None:
    return outcome.facts.provenance if isinstance(outcome, Certified) else outcome.provenance


def _moment(at: datetime | None) -> str | None:
    return None if at is None else at.isoformat(timespec="seconds")


def _answer(content: Mapping[str, Any]) -> str:
    code = f", code {content['code']}" if content["code"] else ""
    cached = ", de mémoire" if content["cached"] else ""
    return f"{content['http_status']}{code}{cached}"


def _quota(quota: Mapping[str, int]) -> str:
    left, limit = quota.get("remaining", "?"), quota.get("limit", "?")
    return f"{left} appels restants sur {limit}"


def _dossier(after: Consequence) -> str:
    due = f", à reprendre le {after.due_at:%d/%m/%Y à %H:%M} UTC" if after.due_at else ""
    return f"passerait à « {status_words(after.status)} »{due}"
