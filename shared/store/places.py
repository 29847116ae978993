"""The place that each sealed content is bound to, so that no ciphertext can be moved elsewhere."""

from uuid import UUID


def application_place(application_id: UUID) -> str:
    """The body of an application, as its portal sent it."""
    return f"applications.sealed:{application_id}"


def tax_numbers_place(application_id: UUID) -> str:
    """A family's tax numbers, until the State has answered."""
    return f"applications.sealed_tax_numbers:{application_id}"


def estimate_place(application_id: UUID) -> str:
    """What a pre-registration was told: `{"record": … or null, "explanation": […], …}`."""
    return f"applications.sealed_estimate:{application_id}"


def evidence_place(application_id: UUID) -> str:
    """The certified facts of a verification."""
    return f"verifications.sealed:{application_id}"


def held_evidence_place(held_id: UUID) -> str:
    """An answer of the State that waits for its application."""
    return f"held_evidence.sealed:{held_id}"


def decision_place(application_id: UUID) -> str:
    """The record of a decision and its explanation: `{"record": …, "explanation": […]}`.

    And `"proof": {"url": …, "code": …}` where the State gave one; nothing shows it.
    """
    return f"decisions.sealed:{application_id}"


def review_place(application_id: UUID) -> str:
    """What an agent asked for or wrote in a review: `{"pieces": […]}`, `{"note": …}`."""
    return f"reviews.sealed:{application_id}"
