"""Answers: what intake says when it does not refuse. Field by field, as OpenAPI publishes them."""

from datetime import date, datetime
from typing import Annotated, Any, Self

from pydantic import BaseModel, ConfigDict, Field

from services.intake.receipts import Receipt
from services.intake.sentences import STATE_SENTENCES
from services.intake.silence import SilenceAnswer, SilenceOrNone
from shared.decisions import DecisionKind
from shared.scheme_rules import Silence
from shared.states import Reason, Status

Reference = Annotated[
    str, Field(description="Référence publique du dossier.", examples=["7K3F-9QXM-2WT3"])
]


class _Answer(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Links(_Answer):
    """Où lire la suite."""

    application: str
    acknowledgement: Annotated[
        str, Field(description="L'accusé de réception, à remettre à la famille.")
    ]
    decision: str
    estimate: Annotated[
        str | None, Field(description="Nul si le dossier n'a pas commencé par une préinscription.")
    ]

    @classmethod
    def of(cls, reference: str, *, estimated: bool) -> Self:
        """The addresses of one application; `estimated`: it began with an estimate."""
        address = f"/v1/applications/{reference}"
        return cls(
            application=address,
            acknowledgement=f"{address}/acknowledgement",
            decision=f"{address}/decision",
            estimate=f"{address}/estimate" if estimated else None,
        )


class ReceiptAnswer(_Answer):
    """Accusé de réception : le dossier est enregistré, définitivement."""

    reference: Reference
    state: Annotated[Status, Field(description="État à la réception : il reste le même ici.")]
    state_sentence: str
    received_at: datetime
    silence: SilenceOrNone
    links: Links

    @classmethod
    def of(cls, receipt: Receipt) -> Self:
        """What a receipt says."""
        return cls(
            reference=receipt.reference,
            state=receipt.state,
            state_sentence=STATE_SENTENCES[receipt.state],
            received_at=receipt.received_at,
            silence=SilenceAnswer.on_reception(receipt.silence, receipt.received_at),
            links=Links.of(receipt.reference, estimated=receipt.state is Status.ESTIMATED),
        )


class StandingAnswer(_Answer):
    """Où en est un dossier."""

    reference: Reference
    state: Status
    state_sentence: Annotated[str, Field(description="L'état, en une phrase pour la famille.")]
    reason: Annotated[Reason | None, Field(description="Motif de l'état, s'il en a un.")]
    reason_sentence: Annotated[
        str | None, Field(description="Le motif, en une phrase pour la famille.")
    ]
    received_at: datetime
    moved_at: Annotated[datetime, Field(description="Dernier changement d'état.")]
    next_date: Annotated[
        date | None, Field(description="Jour du prochain essai, si le dossier attend une date.")
    ]
    silence: SilenceOrNone
    links: Links


class AdmissionAnswer(_Answer):
    """La préinscription est admise : c'est désormais une demande entière."""

    reference: Reference
    state: Annotated[Status, Field(description="État à l'admission : il reste le même ici.")]
    state_sentence: str
    admitted_at: datetime
    silence: SilenceOrNone
    links: Links

    @classmethod
    def of(cls, reference: str, state: Status, at: datetime, silence: Silence | None) -> Self:
        """What an admission at that time says, for ever."""
        return cls(
            reference=reference,
            state=state,
            state_sentence=STATE_SENTENCES[state],
            admitted_at=at,
            silence=SilenceAnswer.on_reception(silence, at),
            links=Links.of(reference, estimated=True),
        )


class WithdrawalAnswer(_Answer):
    """Le dossier est retiré : rien n'en sera plus demandé ni calculé."""

    reference: Reference
    state: Annotated[Status, Field(description="Toujours WITHDRAWN.")]
    state_sentence: str
    withdrawn_at: datetime
    links: Links


class TariffAnswer(_Answer):
    """Le barème appliqué, et l'empreinte de son texte."""

    id: str
    version: str
    digest: str


class OperationAnswer(_Answer):
    """Une opération du calcul ; les nombres sont exacts."""

    step: str
    formula: str
    inputs: dict[str, str]
    result: str


class DeclaredAnswer(_Answer):
    """Ce que la famille a déclaré, et que personne n'a vérifié."""

    annual_resources: Annotated[str, Field(description="Euros par an.", examples=["48000.00"])]
    children: int
    disabled_children: int


class EstimateAnswer(_Answer):
    """Une estimation : elle n'engage personne. Sans barème en vigueur, ses chiffres sont nuls."""

    reference: Reference
    caution: Annotated[str, Field(description="À montrer à la famille avec tout chiffre.")]
    told_at: datetime
    declared: DeclaredAnswer
    reason: Annotated[Reason | None, Field(description="Pourquoi il n'y a pas de chiffre.")]
    reason_sentence: str | None
    on: Annotated[date | None, Field(description="Premier jour d'accueil, qui fixe le barème.")]
    hourly_cents: Annotated[int | None, Field(description="Tarif horaire estimé, en centimes.")]
    monthly_cents: Annotated[
        int | None, Field(description="Mensualité estimée ; nulle si les heures sont inconnues.")
    ]
    currency: str
    tariff: TariffAnswer | None
    explanation: list[str]
    operations: list[OperationAnswer]


class DecisionAnswer(_Answer):
    """La décision tarifaire en vigueur, ou à défaut la première à venir."""

    reference: Reference
    version: int
    kind: Annotated[DecisionKind, Field(description="Ce qui est décidé.")]
    valid_from: date
    in_force: Annotated[bool, Field(description="Faux si la décision ne vaut pas encore.")]
    hourly_cents: Annotated[
        int | None, Field(description="Tarif horaire, en centimes ; nul pour une autre unité.")
    ]
    price_cents: Annotated[
        int | None, Field(description="Prix ou aide pour une unité ; nul si rien n'est fixé.")
    ]
    unit: Annotated[
        str | None, Field(description="L'unité : hour, half_hour, day, meal, month, once…")
    ]
    monthly_cents: Annotated[
        int | None, Field(description="Mensualité, en centimes ; nul si les heures sont inconnues.")
    ]
    currency: str
    tariff: TariffAnswer
    engine_version: str
    explanation: list[str]
    operations: list[OperationAnswer]


class FaultAnswer(_Answer):
    """Un champ à corriger, et comment."""

    pointer: Annotated[str, Field(description="Pointeur JSON (RFC 6901) dans le corps envoyé.")]
    code: str
    detail: str


class ProblemAnswer(BaseModel):
    """Un refus (RFC 9457)."""

    model_config = ConfigDict(frozen=True, extra="allow")

    type: Annotated[str, Field(examples=["urn:berceau:problem:invalid-application"])]
    title: str
    status: int
    detail: str
    errors: list[FaultAnswer] | None = None


class HealthAnswer(_Answer):
    """Le processus est debout."""

    status: str


class ReadinessAnswer(_Answer):
    """Le processus peut recevoir ; Redis n'y change rien."""

    status: str
    database: str
    redis: str


def as_json(answer: BaseModel) -> dict[str, Any]:
    """An answer as JSON values."""
    return answer.model_dump(mode="json")
