"""Documents: bytes that a portal sent, read as strict JSON.

Python's reader lets pass what another reader would take differently: a key given twice, NaN, NUL,
half of a surrogate pair. Here each of them is refused, by name and with its place.
"""

import json
import re
from collections.abc import Iterator
from typing import Any, NoReturn

from services.intake.problems import Fault, pointer, refusal
from services.intake.wordings import Kind

_DEEPEST = 16
# A string that never ends is one token too, or each of its quotes would be tried in turn.
_TOKENS = re.compile(r'"(?:[^"\\]|\\.)*+(?:"|\\?\Z)|[\[\]{}]', re.DOTALL)
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_SURROGATE = re.compile(r"[\ud800-\udfff]")
_FIELD = re.compile(r"[a-z][a-z0-9_]{0,63}\Z", re.ASCII)  # a name has a capital, a field none

_NUL = "Ce texte contient le caractère NUL : retirez-le."
_LONE_SURROGATE = "Ce texte contient la moitié d'un caractère (surrogate isolé) : corrigez-le."
_CONTROL_CHARACTER = "Ce texte contient un caractère de commande ou un saut de ligne : retirez-le."


def read_document(body: bytes) -> dict[str, Any]:
    """Read one JSON object.

    Raises:
        ProblemError: malformed-json, or invalid-application for text that cannot be kept.
    """
    document = read_object(body)
    refuse_unusable_text(document)
    return document


def read_object(body: bytes) -> dict[str, Any]:
    """Read one JSON object, whatever its texts hold.

    Raises:
        ProblemError: malformed-json.
    """
    document = _parsed(_decoded(body))
    if not isinstance(document, dict):
        _refuse("not_an_object", "Le corps est un objet JSON, entre accolades.")
    return document


def refuse_unusable_text(document: object) -> None:
    """Refuse text that cannot be kept.

    Raises:
        ProblemError: invalid-application, with each place.
    """
    faults = list(_unusable(document, ()))
    if faults:
        raise refusal(Kind.INVALID_APPLICATION, faults)


def known_part(part: str | int) -> bool:
    """Whether a pointer may repeat this part: a place in a list, or what looks like a field."""
    return isinstance(part, int) or _FIELD.match(part) is not None


def _decoded(body: bytes) -> str:
    try:
        text = body.decode("utf-8")
    except UnicodeDecodeError:
        _refuse("not_utf8", "Le corps n'est pas en UTF-8.")
    if _depth(text) > _DEEPEST:
        _refuse("too_deep", f"Le corps a plus de {_DEEPEST} niveaux d'imbrication.")
    return text


def _depth(text: str) -> int:
    depth = deepest = 0
    for token in _TOKENS.finditer(text):
        if token[0] in "[{":
            depth += 1
            deepest = max(deepest, depth)
        elif token[0] in "]}":
            depth -= 1
    return deepest


def _parsed(text: str) -> object:
    try:
        return json.loads(
            text, strict=False, object_pairs_hook=_without_doubles, parse_constant=_not_a_number
        )
    except ValueError:
        _refuse("json_syntax", "Le corps n'est pas du JSON : vérifiez sa syntaxe.")


def _without_doubles(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    content = dict(pairs)
    if len(content) < len(pairs):
        _refuse("duplicate_key", "Un même objet donne deux fois la même clé : n'en gardez qu'une.")
    return content


def _not_a_number(_constant: str) -> NoReturn:
    _refuse("not_finite_number", "NaN et Infinity ne sont pas des nombres JSON : retirez-les.")


def _unusable(value: object, at: tuple[str | int, ...]) -> Iterator[Fault]:
    """Whatever text cannot be kept, keys included, each with its place."""
    match value:
        case str():
            yield from _unusable_text(value, at)
        case dict():
            for key, content in value.items():
                here = (*at, key) if known_part(key) else at
                yield from _unusable_text(key, at)
                yield from _unusable(content, here)
        case list():
            for place, content in enumerate(value):
                yield from _unusable(content, (*at, place))
        case _:
            return


def _unusable_text(text: str, at: tuple[str | int, ...]) -> Iterator[Fault]:
    if "\0" in text:
        yield Fault(pointer(*at), "nul", _NUL)
    elif _CONTROL.search(text):
        yield Fault(pointer(*at), "control_character", _CONTROL_CHARACTER)
    if _SURROGATE.search(text):
        yield Fault(pointer(*at), "lone_surrogate", _LONE_SURROGATE)


def _refuse(code: str, detail: str) -> NoReturn:
    raise refusal(Kind.MALFORMED_JSON, [Fault("", code, detail)])
