"""Reading one tariff: YAML text in, `Tariff` out, or a refusal: file, line, place, remedy."""

from typing import Any

import yaml
from pydantic import ValidationError
from pydantic_core import ErrorDetails

from services.tariff.language.tariff import Tariff
from shared.errors import TariffError

_REMEDIES = {
    "missing": "cette valeur manque : ajoutez-la (une source est due pour chaque valeur)",
    "extra_forbidden": "ce mot n'est pas de la langue des barèmes : corrigez-le ou retirez-le",
    "string_type": "écrivez cette valeur entre guillemets",
    "model_type": "des mots et leurs valeurs sont attendus ici",
}


def read_tariff(text: str, *, file: str) -> Tariff:
    """Read a tariff written in YAML; `file` is the name that errors give.

    Raises:
        TariffError: the text is not YAML, says something twice, or is no valid tariff.
    """
    root, content = _compose(text, file=file)
    try:
        return Tariff.model_validate(content)
    except ValidationError as error:
        faults = (_fault(root, detail, file=file) for detail in error.errors())
        raise TariffError("\n".join(faults)) from None


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
    place = ".".join(str(part) for part in detail["loc"]) or "le barème"
    remedy = _REMEDIES.get(detail["type"], detail["msg"])
    return f"{file}, ligne {_line(_nearest(root, detail['loc']))}, {place} : {remedy}."


def _nearest(node: yaml.Node, path: tuple[int | str, ...]) -> yaml.Node:
    """The node that a path leads to, or the last one on the way when the rest is missing."""
    for part in path:
        found = _step(node, part)
        if found is None:
            break
        node = found
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
