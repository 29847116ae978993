"""Passwords: argon2id, two at a time, and as slow for a login that nobody has.

Beyond the least length nothing is asked of a password but that it not be the login, and that it
have some variety: rules on kinds of signs make people write passwords down.
"""

from threading import BoundedSemaphore

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

LEAST_LENGTH, LONGEST_PASSWORD = 12, 200
AT_ONCE = 2  # each takes 46 MiB
_LEAST_VARIETY = 5
_HASHER = PasswordHasher(time_cost=2, memory_cost=47_104, parallelism=1)
_TURN = BoundedSemaphore(AT_ONCE)
_NOBODY_S = (  # of a random password that nobody kept, with the parameters above
    "$argon2id$v=19$m=47104,t=2,p=1$0zbcQnB0p+WYZCqvMmJDjQ"
    "$yE36k+QxBQLTCepMjbtT1tMzF5rvQlvyLq6MPN36BA0"
)


def hash_of(password: str) -> str:
    """What is kept of a password."""
    with _TURN:
        return _HASHER.hash(password)


def matches(kept: str | None, password: str) -> bool:
    """Whether this is the password; None is somebody who has none, or who does not exist.

    Both take as long: how long an answer takes must not tell who has an account.
    """
    with _TURN:
        try:
            found = _HASHER.verify(kept or _NOBODY_S, password[:LONGEST_PASSWORD])
        except (VerificationError, InvalidHashError):
            return False
    return found and kept is not None


def is_outdated(kept: str) -> bool:
    """Whether a password was hashed with parameters that are no longer ours."""
    return _HASHER.check_needs_rehash(kept)


def weakness(password: str, login: str) -> str | None:
    """What is wrong with a password that somebody chooses, as a sentence; None when nothing is."""
    if len(password) < LEAST_LENGTH:
        return f"Au moins {LEAST_LENGTH} caractères : quatre mots sans lien suffisent."
    if len(password) > LONGEST_PASSWORD:
        return f"Au plus {LONGEST_PASSWORD} caractères."
    if len(set(password.lower())) < _LEAST_VARIETY:
        return "Trop peu de caractères différents."
    if password.strip().lower() in {login, login.partition("@")[0]}:
        return "Le mot de passe ne peut pas être l'identifiant."
    return None
