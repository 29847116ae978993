"""Silence: what portals are told of the legal clock."""

from datetime import date, datetime
from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field

from shared.legal_clock import Clock, months_after
from shared.paris import day_in_paris
from shared.scheme_rules import Silence, SilenceEffect


class SilenceAnswer(BaseModel):
    """Ce que vaudrait le silence de la collectivité (CRPA, L. 231-1 et L. 231-4)."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    effect: Annotated[SilenceEffect, Field(description="La demande serait acceptée, ou rejetée.")]
    on: Annotated[
        date | None,
        Field(description="À partir de ce jour ; nul tant que manque une pièce demandée."),
    ]
    waiting: Annotated[
        bool, Field(description="Vrai si le délai est arrêté : des pièces sont demandées.")
    ] = False

    @classmethod
    def on_reception(cls, silence: Silence | None, received_at: datetime) -> Self | None:
        """What a rule comes to before anything was asked, which never changes."""
        if silence is None:
            return None
        on = months_after(day_in_paris(received_at), silence.months)
        return cls(effect=silence.effect, on=on)

    @classmethod
    def of(cls, clock: Clock | None) -> Self | None:
        """What a clock says; None where none runs."""
        if clock is None:
            return None
        return cls(effect=clock.silence.effect, on=clock.on, waiting=clock.waiting)


SilenceOrNone = Annotated[
    SilenceAnswer | None,
    Field(description="Nul si le dispositif n'a pas de règle, ou si rien n'est encore demandé."),
]
