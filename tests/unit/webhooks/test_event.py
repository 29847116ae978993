"""What an event says and how it is signed."""

import json
from datetime import UTC, datetime
from uuid import UUID

import pytest
from standardwebhooks.webhooks import Webhook, WebhookVerificationError

from shared.states import Status
from shared.webhooks.event import Event
from shared.webhooks.signing import mint_secret, signed

_ID = UUID("5f0c7e0e-3f5a-4d0a-9d5e-0d8f5a1c2b3d")
_AT = datetime(2026, 11, 23, 10, 0, 4, 123456, UTC)
_EVENT = Event(_ID, "arles-famille", 3, _AT, "7K3F-9QXM-2WT3", Status.DECIDED, None, 2)


def test_an_event_is_a_cloud_event() -> None:
    """Structured mode, version 1.0; the application is the subject."""
    assert {
        "specversion": "1.0",
        "id": str(_ID),
        "source": "urn:berceau:portal:arles-famille",
        "type": "fr.berceau.application.decided",
        "time": "2026-11-23T10:00:04.123456Z",
        "datacontenttype": "application/json",
        "subject": "7K3F-9QXM-2WT3",
        "data": {
            "reference": "7K3F-9QXM-2WT3",
            "sequence": 3,
            "state": "DECIDED",
            "reason": None,
            "decision_version": 2,
        },
    } == json.loads(_EVENT.body())


def test_a_trial_tells_nothing() -> None:
    """It has a type of its own and no subject."""
    trial = Event(_ID, "arles-famille", 0, _AT).as_json()

    assert ("fr.berceau.webhook.test", {}) == (trial["type"], trial["data"])
    assert "subject" not in trial


@pytest.mark.parametrize("state", Status)
def test_every_state_has_a_type(state: Status) -> None:
    """In lower case after the common prefix."""
    event = Event(_ID, "p", 1, _AT, "7K3F-9QXM-2WT3", state)

    assert f"fr.berceau.application.{state.lower()}" == event.type


def test_the_same_event_has_the_same_bytes() -> None:
    """A try repeats the one before to the byte, so that a receiver may compare."""
    assert _EVENT.body() == Event(**{f: getattr(_EVENT, f) for f in _EVENT.__slots__}).body()


def test_a_body_is_bounded() -> None:
    """At 64 KiB, far above what an event says."""
    with pytest.raises(ValueError, match="longer"):
        Event(_ID, "p", 1, _AT, "x" * 70_000, "DECIDED").body()


def test_the_published_vector_is_signed_as_published() -> None:
    """The example of the standard's own specification."""
    headers = signed(
        "msg_p5jXN8AQM9LWM0D4loKWxJek",
        '{"test": 2432232314}',
        keys=["whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"],
        at=datetime.fromtimestamp(1_614_265_330, UTC),
    )

    assert {
        "webhook-id": "msg_p5jXN8AQM9LWM0D4loKWxJek",
        "webhook-timestamp": "1614265330",
        "webhook-signature": "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
    } == headers


def test_during_a_rotation_either_secret_verifies() -> None:
    """And no other; nor does either for another body."""
    old, new, other = mint_secret(), mint_secret(), mint_secret()
    body = _EVENT.body()
    headers = dict(signed(str(_ID), body, keys=[new, old], at=datetime.now(UTC)))

    for secret in (old, new):
        assert _EVENT.as_json() == Webhook(secret).verify(body, headers)
    for secret, content in ((other, body), (new, body + " ")):
        with pytest.raises(WebhookVerificationError):
            Webhook(secret).verify(content, headers)
