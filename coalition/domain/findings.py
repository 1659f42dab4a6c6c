"""How a model reports several faults of one file at once."""

from __future__ import annotations

from collections.abc import Iterable

Problem = tuple[tuple[str | int, ...], str]


class CrossCheckError(ValueError):
    """Raised by a model's validator: each problem is a place below the model and a sentence.

    The sentence reads `what is wrong; what to do`. A ValueError, so that pydantic carries it.
    """

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("; ".join(what for _, what in self.problems))
