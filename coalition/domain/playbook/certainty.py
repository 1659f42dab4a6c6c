"""Which names are certainly set at some point of a playbook, and what is known of each.

Two ways that meet are common where both set a name, and a playbook of thousands of steps has
thousands of such meetings with thousands of names each. So what is certain is one number with a
bit for each name and one for each thing known of it, and a meeting is one `and` of two numbers.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from typing_extensions import override

from coalition.domain.playbook.values import Variable

_NOTHING_SURE = Variable(None)


@dataclass
class _Book:
    """The bits of all names of one playbook. It only grows."""

    names: dict[str, int] = field(default_factory=dict)
    variables: dict[str, dict[Variable, int]] = field(default_factory=dict)
    used: int = 0

    def bit(self, name: str) -> int:
        if name not in self.names:
            self.names[name] = self._new()
        return self.names[name]

    def bit_of(self, name: str, variable: Variable) -> int:
        kinds = self.variables.setdefault(name, {})
        if variable not in kinds:
            kinds[variable] = self._new()
        return kinds[variable]

    def every(self, name: str) -> int:
        """All bits that say something of a name."""
        found = self.bit(name)
        for bit in self.variables.get(name, {}).values():
            found |= bit
        return found

    def _new(self) -> int:
        self.used += 1
        return 1 << (self.used - 1)


class Known(Mapping[str, Variable]):
    """Names that are certainly set, with what is known of each. Never changes.

    Only what was made from the same `Known.of` can be compared or be had in common.
    """

    __slots__ = ("_bits", "_book")

    def __init__(self, book: _Book, bits: int) -> None:
        self._book = book
        self._bits = bits

    @classmethod
    def of(cls, variables: Mapping[str, Variable]) -> Known:
        """What is certain before the first step."""
        return cls(_Book(), 0).plus(variables)

    def plus(self, variables: Mapping[str, Variable]) -> Known:
        """This, and these too; what is known of a name is replaced."""
        book, bits = self._book, self._bits
        for name, variable in variables.items():
            name_bit = book.bit(name)
            if bits & name_bit:
                bits &= ~book.every(name)
            bits |= name_bit | book.bit_of(name, variable)
        return Known(book, bits)

    def without(self, name: str) -> Known:
        """All but a name."""
        return Known(self._book, self._bits & ~self._book.every(name))

    def __and__(self, other: Known) -> Known:
        """What is certain on both ways; of two types, neither is."""
        return Known(self._book, self._bits & other._bits)

    def __or__(self, other: Known) -> Known:
        """What is certain on one of two ways that are both gone; of two types, neither is."""
        return Known(self._book, self._bits | other._bits)

    @override
    def __getitem__(self, name: str) -> Variable:
        if not self._bits & self._book.names.get(name, 0):
            raise KeyError(name)
        kinds = self._book.variables[name]
        sure = [variable for variable, bit in kinds.items() if self._bits & bit]
        return sure[0] if len(sure) == 1 else _NOTHING_SURE

    @override
    def __iter__(self) -> Iterator[str]:
        return (name for name, bit in self._book.names.items() if self._bits & bit)

    @override
    def __len__(self) -> int:
        return sum(1 for _ in self)

    @override
    def __contains__(self, name: object) -> bool:
        return isinstance(name, str) and bool(self._bits & self._book.names.get(name, 0))

    @override
    def __eq__(self, other: object) -> bool:
        return isinstance(other, Known) and self._bits == other._bits

    @override
    def __hash__(self) -> int:
        return hash(self._bits)
