"""The trace of a computation while it is made: operations, and the parameters that they applied."""

from collections.abc import Mapping
from fractions import Fraction

from services.tariff.engine.fee import Operation, Parameter, exact
from services.tariff.language.sourced import Sourced


class Trace:
    """What one computation has done so far; it never leaves the call that made it."""

    def __init__(self) -> None:
        self._operations: list[Operation] = []
        self._parameters: list[Parameter] = []

    def did(self, step: str, formula: str, inputs: Mapping[str, str], result: Fraction) -> Fraction:
        """Write an operation down, and hand its result on."""
        self._operations.append(Operation(step, formula, inputs, exact(result)))
        return result

    def applied(self, name: str, value: str, sourced: Sourced) -> None:
        """Write down a value of the tariff that counted."""
        self._parameters.append(Parameter.of(name, value, sourced))

    def add(self, operation: Operation) -> None:
        """Write down an operation that was made elsewhere."""
        self._operations.append(operation)

    @property
    def operations(self) -> tuple[Operation, ...]:
        """The operations, in order."""
        return tuple(self._operations)

    @property
    def parameters(self) -> tuple[Parameter, ...]:
        """The values applied, in order."""
        return tuple(self._parameters)
