"""What the DGFiP gives at enrolment, kept as the one secret of a habilitation.

On one line, without a space:

    {"client_id":"…","client_secret":"…","teleservice":"…"}

`teleservice` is the `ID_Teleservice` of the use case: the same in the sandbox as in production.
`presentation` may be added: `form` (the default) or `basic`.
"""

from enum import StrEnum
from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field, SecretStr, ValidationError


class Presentation(StrEnum):
    """How the gateway is shown the client's secret; known clients do either."""

    FORM = "form"
    BASIC = "basic"


_VISIBLE = r"^[!-~]+$"  # it stands in a header


class Credentials(BaseModel):
    """The credentials of one habilitation; no value of theirs is ever shown."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    client_id: Annotated[str, Field(pattern=_VISIBLE, max_length=256, repr=False)]
    client_secret: Annotated[SecretStr, Field(min_length=1, max_length=1024)]
    teleservice: Annotated[str, Field(pattern=_VISIBLE, max_length=256, repr=False)]
    presentation: Presentation = Presentation.FORM

    @classmethod
    def read(cls, secret: str) -> Self | None:
        """The credentials that a habilitation's secret holds; None when it is something else."""
        try:
            return cls.model_validate_json(secret)
        except ValidationError:
            return None
