"""Reading one tariff: YAML text in, `Tariff` out, or a refusal: file, line, place, remedy."""

from typing import Any

import yaml
from pydantic import ValidationError
from pydantic_core import ErrorDetails

from services.tariff.language.local import KINDS
from services.tariff.language.remedies import remedy
from services.tariff.language.tariff import Tariff
from services.tariff.language.words import Method
from shared.errors import TariffError


def read_tariff(text: str, *, file: str) -> Tariff:
    """Read a tariff written in YAML; `file` is the name that errors give.

    Raises:
        TariffError: the text is not YAML, says something twice, or is no valid tariff.
    """
    root, content = _compose(text, file=file)
    try:
        return _kind(content, root, file=file).model_validate(content)
    except ValidationError as error:
        faults = (_fault(root, detail, file=file) for detail in error.errors())
        raise TariffError("\n".join(faults)) from None


def _kind(content: object, root: yaml.Node, *, file: str) -> type[Tariff]:
    """The model of the method that the text names."""
    if not isinstance(content, dict):
        raise TariffError(
            f"{file}, ligne 1, le barème : des mots et leurs valeurs sont attendus ici."
        )
    method = content.get("method")
    if method not in list(Method):
        line = _line(_nearest(root, ("method",)))
        raise TariffError(
            f"{file}, ligne {line}, method : écrivez une méthode : {', '.join(Method)}."
        )
    return KINDS[Method(method)]


def _compose(text: str, *, file: str) -> tuple[yaml.Node, object]:
    """The text as nodes, which know their lines, and as values."""
    loader = yaml.CSafeLoader(text)
    try:
        root = loader.get_single_node()
        if root is None:
            raise TariffError(f"{file} : ce texte est vide : écrivez un barème.")
        _refuse_repeats(root, file=file, seen=set())
        return root, loader.construct_document(root)
    except yaml.YAMLError as error:
        raise TariffError(f"{file} : ce n'est pas du YAML lisible. {error}") from error
    finally:
        loader.dispose()


def _refuse_repeats(node: yaml.Node, *, file: str, seen: set[int]) -> None:
    """Refuse a key said twice, and aliases, by which a value could be far from its source."""
    if id(node) in seen:
        raise TariffError(f"{file}, ligne {_line(node)} : pas d'alias YAML : écrivez la valeur.")
    seen.add(id(node))
    if isinstance(node, yaml.MappingNode):
        _refuse_twins(node, file=file)
    for child in _children(node):
        _refuse_repeats(child, file=file, seen=seen)


def _refuse_twins(node: yaml.MappingNode, *, file: str) -> None:
    said: set[str] = set()
    for key, _ in node.value:
        if str(key.value) in said:
            raise TariffError(
                f"{file}, ligne {_line(key)} : « {key.value} » est dit deux fois : "
                "gardez une seule valeur."
            )
        said.add(str(key.value))


def _children(node: yaml.Node) -> list[yaml.Node]:
    match node:
        case yaml.MappingNode():
            return [value for _, value in node.value]
        case yaml.SequenceNode():
            return list(node.value)
        case _:
            return []


def _fault(root: yaml.Node, detail: ErrorDetails, *, file: str) -> str:
    path = (*detail["loc"], *detail.get("ctx", {}).get("at", ()))
    absent = detail["type"] in {"missing", "extra_forbidden"}
    place = ".".join(_said(root, path, whole=absent)) or "le barème"
    return f"{file}, ligne {_line(_nearest(root, path))}, {place} : {remedy(detail)}."


def _said(node: yaml.Node, path: tuple[int | str, ...], *, whole: bool) -> list[str]:
    """The path in the words of the file, without the tags that pydantic adds for its unions.

    `whole` keeps the last word although the file does not have it.
    """
    said = []
    for n, part in enumerate(path, start=1):
        found = _step(node, part)
        if found is not None or (whole and n == len(path)):
            said.append(str(part))
        node = found or node
    return said


def _nearest(node: yaml.Node, path: tuple[int | str, ...]) -> yaml.Node:
    """The node that a path leads to, or the last one on the way when the rest is missing."""
    for part in path:
        node = _step(node, part) or node
    return node


def _step(node: yaml.Node, part: int | str) -> yaml.Node | None:
    steps: dict[Any, yaml.Node] = {}
    if isinstance(node, yaml.MappingNode):
        steps = {key.value: value for key, value in node.value}
    elif isinstance(node, yaml.SequenceNode):
        steps = dict(enumerate(node.value))
    return steps.get(part)


def _line(node: yaml.Node) -> int:
    return int(node.start_mark.line) + 1
