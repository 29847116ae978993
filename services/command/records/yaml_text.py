"""Records as YAML: one key for each kind, with a list of records; lines are told with faults.

Every value is read as the text that stands there: a SIRET without quotes stays whole. A `null` and
an empty value say the same: nothing.
"""

from collections.abc import Iterator, Sequence

import yaml

from services.command.records.faults import Fault, RecordsError, refuse_any
from services.command.records.kinds import Kind
from services.command.records.models import MODELS, Record
from services.command.records.place import Place, Value
from services.command.records.raw import Found, Raw

_DEEPEST = 16  # a record's words are the fourth level
_NOTHING = {"null", "~"}
_PLURALS = {kind.plural: kind for kind in Kind}


def read(text: str, *, file: str) -> Found:
    """What a page of YAML holds, in its order.

    Raises:
        RecordsError: it is no YAML, or of a shape that no set of records has; `file` names it.
    """
    root = _root(text, file)
    if root is None:
        return Found()
    reader = _Reader(file)
    return Found(list(reader.page(root)), reader.faults)


def document(text: str, *, file: str, name: str) -> tuple[Value, Place]:
    """The value of a field that has fields of its own, alone on a page, and where each stands.

    Raises:
        RecordsError: it is no YAML, or of a shape that no such field has; `file` names it.
    """
    root = _root(text, file)
    reader, lines = _Reader(file), dict[str, int]()
    values = {} if root is None else reader.within(name, root, lines)
    refuse_any(reader.faults)
    return values, Place(file, 1, lines)


def write(records: Sequence[Record]) -> str:
    """A page that `read` takes back, kinds and records in order."""
    page: dict[str, list[object]] = {}
    for record in records:
        page.setdefault(record.kind_of_record.plural, []).append(record.whole())
    return yaml.safe_dump(page, allow_unicode=True, sort_keys=False, width=100) if page else ""


def _root(text: str, file: str) -> yaml.Node | None:
    try:
        _refuse_odd(text, file)
        return yaml.compose(text, Loader=yaml.CBaseLoader)
    except yaml.YAMLError as broken:
        raise RecordsError(
            Fault("", f"n'est pas du YAML lisible ({_where(broken)})", file)
        ) from None


def _refuse_odd(text: str, file: str) -> None:
    """Refuse what would cost more than its length: levels without end, and references (`*name`)."""
    depth = 0
    for event in yaml.parse(text, Loader=yaml.CBaseLoader):
        if isinstance(event, yaml.AliasEvent):
            raise RecordsError(Fault("", "répétez la valeur : * n'est pas lu", _at(event, file)))
        depth += isinstance(event, yaml.CollectionStartEvent)
        depth -= isinstance(event, yaml.CollectionEndEvent)
        if depth > _DEEPEST:
            raise RecordsError(Fault("", "trop de niveaux l'un dans l'autre", _at(event, file)))


class _Reader:
    """Walks the nodes of a page, and gathers what is wrong with its shape."""

    def __init__(self, file: str) -> None:
        self._file = file
        self.faults: list[Fault] = []

    def page(self, root: yaml.Node) -> Iterator[Raw]:
        for kind, node in self._pairs(root):
            if kind not in _PLURALS:
                self._refuse(node, kind, f"mot inconnu : choisissez {', '.join(_PLURALS)}")
            elif not isinstance(node, yaml.SequenceNode):
                self._refuse(node, kind, "une liste est attendue : un tiret devant chacun")
            else:
                yield from (self._record(_PLURALS[kind], one) for one in node.value)

    def _record(self, kind: Kind, node: yaml.Node) -> Raw:
        lines: dict[str, int] = {}
        documents = MODELS[kind].documents
        values = {
            name: self.within(name, value, lines) if name in documents else self._value(name, value)
            for name, value in self._named("", node, lines)
        }
        return Raw(kind, values, Place(self._file, _line(node), lines))

    def within(self, name: str, node: yaml.Node, lines: dict[str, int]) -> Value:
        """A value that may have fields of its own, at any depth that was let in."""
        if isinstance(node, yaml.SequenceNode) and _holds_parts(node):
            return self._parts(name, node, lines)
        if not isinstance(node, yaml.MappingNode):
            return self._value(name, node)
        return {
            field: self.within(f"{name}.{field}", value, lines)
            for field, value in self._named(f"{name}.", node, lines)
        }

    def _parts(self, name: str, node: yaml.SequenceNode, lines: dict[str, int]) -> Value:
        """A list of values with fields of their own, each named by its place, from 1."""
        values: list[Value] = []
        for place, one in enumerate(node.value, 1):
            lines[f"{name}.{place}"] = _line(one)
            values.append(self.within(f"{name}.{place}", one, lines))
        return values

    def _named(
        self, within: str, node: yaml.Node, lines: dict[str, int]
    ) -> Iterator[tuple[str, yaml.Node]]:
        """The pairs of a node, each one's line noted under its whole name."""
        for name, value in self._pairs(node):
            lines[f"{within}{name}"] = _line(value)
            yield name, value

    def _value(self, name: str, node: yaml.Node) -> str | list[str]:
        if isinstance(node, yaml.SequenceNode):
            words = [one for one in node.value if isinstance(one, yaml.ScalarNode)]
            if len(words) < len(node.value):
                self._refuse(node, name, "une liste de mots est attendue")
            return [str(word.value) for word in words]
        if isinstance(node, yaml.ScalarNode):
            return "" if not node.style and node.value in _NOTHING else str(node.value)
        self._refuse(node, name, "un texte ou une liste est attendu")
        return ""

    def _pairs(self, node: yaml.Node) -> Iterator[tuple[str, yaml.Node]]:
        if not isinstance(node, yaml.MappingNode):
            self._refuse(node, "", "des mots et leurs valeurs sont attendus ici")
            return
        said: set[str] = set()
        for key, value in node.value:
            name = str(key.value) if isinstance(key, yaml.ScalarNode) else ""
            if name == "":
                self._refuse(key, name, "un mot est attendu avant les deux-points")
                continue
            if name in said:
                self._refuse(key, name, "est dit deux fois : gardez une seule valeur")
            said.add(name)
            yield name, value

    def _refuse(self, node: yaml.Node, field: str, said: str) -> None:
        self.faults.append(Fault(field, said, _at(node, self._file)))


def _holds_parts(node: yaml.SequenceNode) -> bool:
    return any(isinstance(one, yaml.MappingNode) for one in node.value)


def _line(read: yaml.Node | yaml.Event) -> int:
    mark = read.start_mark
    return 1 if mark is None else int(mark.line) + 1


def _at(read: yaml.Node | yaml.Event, file: str) -> str:
    return Place(file, _line(read)).of("")


def _where(broken: yaml.YAMLError) -> str:
    mark = getattr(broken, "problem_mark", None)
    return f"ligne {mark.line + 1}" if mark is not None else "caractères interdits"
