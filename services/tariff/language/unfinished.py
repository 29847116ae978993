"""What a template left to be filled in, and nobody has."""

from collections.abc import Iterator

import yaml

TO_FILL_IN = "À REMPLIR"
"""What a value begins with until a person writes it; `berceau tariff init` says so."""


def unfinished(text: str, *, file: str) -> list[str]:
    """Each value of a tariff that is still to be written: file, line, place."""
    root = yaml.compose(text, Loader=yaml.CSafeLoader)
    return [] if root is None else list(_left(root, file, ()))


def _left(node: yaml.Node, file: str, path: tuple[str, ...]) -> Iterator[str]:
    match node:
        case yaml.MappingNode():
            for key, value in node.value:
                yield from _left(value, file, (*path, str(key.value)))
        case yaml.SequenceNode():
            for n, value in enumerate(node.value):
                yield from _left(value, file, (*path, str(n)))
        case yaml.ScalarNode() if str(node.value).startswith(TO_FILL_IN):
            wanted = str(node.value).removeprefix(TO_FILL_IN).lstrip(" :") or "une valeur"
            line = node.start_mark.line + 1
            yield f"{file}, ligne {line}, {'.'.join(path)} : à remplir : {wanted}."
