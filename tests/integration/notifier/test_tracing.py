"""A webhook carries the trace of its application, so that a portal finds its own request again."""

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.integration.notifier.conftest import Post

pytestmark = pytest.mark.stack

_TRACE = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-00"


@pytest.mark.parametrize("stored", [_TRACE, None, "no trace\r\nx: y"])
async def test_the_stored_trace_is_handed_on(stored: str | None, post: "Post") -> None:
    """As it was stored, or not at all: what is no traceparent never gets into a header."""
    ids = post.record.plant(1, trace=stored)
    post.change(ids)
    async with post.running(post.notifier()):
        await post.until(post.settled)

    [request] = post.receiver.received
    assert (_TRACE if stored == _TRACE else None) == request.headers.get("traceparent")
