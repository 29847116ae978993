"""What `/decision` answers, as OpenAPI publishes it."""

from datetime import date
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from services.intake.answers import OperationAnswer, Reference, TariffAnswer
from shared.decisions import DecisionKind


class DecisionAnswer(BaseModel):
    """La décision tarifaire en vigueur, ou à défaut la première à venir."""

    model_config = ConfigDict(frozen=True, extra="forbid")

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
