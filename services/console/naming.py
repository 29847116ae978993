"""Naming: who did it, in words: a person by name, a service or a portal by its own."""

from collections.abc import Mapping

from shared.people.naming import AGENT, PERSON
from shared.watching.words import actor_words


def who(actor: str, names: Mapping[str, str] | None) -> str:
    """`Zoé Essai`, « Planificateur », « Portail arles »."""
    if names and actor in names:
        return names[actor]
    return "Une personne" if actor.startswith((PERSON, AGENT)) else actor_words(actor)
