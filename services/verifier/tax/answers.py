"""What asking the DGFiP brought back: an answer, or why nothing was asked. Pure."""

from dataclasses import dataclass

from services.verifier.provider.answer import Answer


@dataclass(frozen=True, slots=True)
class Unpermitted:
    """Our own pace had no permit in time: nothing was asked."""


@dataclass(frozen=True, slots=True)
class Tokenless:
    """The gateway gave no access token, so nothing was asked; what it answered instead."""

    answer: Answer | Unpermitted


TaxAnswer = Answer | Tokenless | Unpermitted
