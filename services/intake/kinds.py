"""The closed set of problems.

A `type` is a URN and not an address: it stays the same whatever host serves intake, and a portal
may compare it. docs/reference/api.md has one row for each.
"""

from enum import StrEnum

_PREFIX = "urn:berceau:problem:"


class Kind(StrEnum):
    """The closed set of problems; the value ends the problem's `type`."""

    MALFORMED_JSON = "malformed-json"
    MALFORMED_IDEMPOTENCY_KEY = "malformed-idempotency-key"
    MALFORMED_CURSOR = "malformed-cursor"
    UNKNOWN_KEY = "unknown-key"
    SCOPE_MISSING = "scope-missing"
    NOT_FOUND = "not-found"
    UNKNOWN_APPLICATION = "unknown-application"
    NO_DECISION_YET = "no-decision-yet"
    NO_ESTIMATE = "no-estimate"
    NO_LETTER = "no-letter"
    UNKNOWN_VERSION = "unknown-version"
    UNKNOWN_AUTHORITY = "unknown-authority"
    NOT_ACCEPTABLE = "not-acceptable"
    NOT_ONE_HOUSEHOLD = "not-one-household"
    METHOD_NOT_ALLOWED = "method-not-allowed"
    ALREADY_ADMITTED = "already-admitted"
    ALREADY_CLOSED = "already-closed"
    ALREADY_WITHDRAWN = "already-withdrawn"
    SAME_APPLICATION = "same-application"
    NO_WEBHOOK = "no-webhook"
    BODY_TOO_SLOW = "body-too-slow"
    ERASED = "erased"
    BODY_TOO_LARGE = "body-too-large"
    UNSUPPORTED_MEDIA_TYPE = "unsupported-media-type"
    INVALID_APPLICATION = "invalid-application"
    FRANCECONNECT_TOKEN_REFUSED = "franceconnect-token-refused"  # noqa: S105 - a word
    NO_EVIDENCE = "no-evidence"
    INVALID_QUERY = "invalid-query"
    IDEMPOTENCY_KEY_REUSED = "idempotency-key-reused"
    TOO_MANY_REQUESTS = "too-many-requests"
    INTERNAL_ERROR = "internal-error"
    STATE_UNAVAILABLE = "state-unavailable"
    STATE_BUSY = "state-busy"
    UNAVAILABLE = "unavailable"
    OVERLOADED = "overloaded"
    BACKLOG_TOO_LONG = "backlog-too-long"
    NOT_READY = "not-ready"

    @property
    def uri(self) -> str:
        """The problem's `type`."""
        return _PREFIX + self.value
