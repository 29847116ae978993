"""Told: what a portal is answered when the State certified; no figure and no person is in it."""

from datetime import datetime
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

SENTENCE = (
    "Votre caisse (CAF ou MSA) a transmis vos données. Elles serviront à votre demande, et seront "
    "effacées si vous ne la déposez pas."
)


class EvidenceAnswer(BaseModel):
    """L'État a certifié des données : elles attendent la demande, scellées."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    evidence: Annotated[
        str,
        Field(description="À donner dans « evidence » de la demande, une seule fois."),
    ]
    outcome_sentence: Annotated[str, Field(description="En une phrase, pour la famille.")]
    source: Annotated[str, Field(description="Le guichet de l'État qui a répondu.")]
    fetched_at: datetime
    expires_at: Annotated[datetime, Field(description="Ensuite, les données sont effacées.")]
