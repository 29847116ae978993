"""Passwords: hashed with argon2id, two at a time, and as slow for nobody as for somebody."""

import threading
import time

from shared.people import passwords


def test_a_password_is_hashed_with_our_parameters() -> None:
    """argon2id, 46 MiB, two passes; what was hashed with others is outdated."""
    kept = passwords.hash_of("quatre mots sans lien")

    assert kept.startswith("$argon2id$v=19$m=47104,t=2,p=1$")
    assert (True, False) == (
        passwords.matches(kept, "quatre mots sans lien"),
        passwords.matches(kept, "quatre mots sans lieu"),
    )
    assert [False, True] == [
        passwords.is_outdated(one) for one in (kept, kept.replace("t=2", "t=1"))
    ]


def test_nobody_is_as_slow_as_somebody() -> None:
    """The hash of nobody's password has the parameters of everybody's, and never matches."""
    assert not passwords.is_outdated(passwords._NOBODY_S)
    assert not passwords.matches(None, "quatre mots sans lien")
    assert not passwords.matches("", "")


def test_so_many_are_hashed_at_once() -> None:
    """The others wait: what one hash takes of memory is bounded for all."""
    held = [passwords._TURN.acquire(timeout=1) for _ in range(passwords.AT_ONCE)]
    done = threading.Event()

    def try_one() -> None:
        passwords.matches(None, "x")
        done.set()

    waiting = threading.Thread(target=try_one, daemon=True)
    waiting.start()
    time.sleep(0.05)
    before = done.is_set()
    for _ in held:
        passwords._TURN.release()
    waiting.join(timeout=30)

    assert ([True] * passwords.AT_ONCE, False, True) == (held, before, done.is_set())
