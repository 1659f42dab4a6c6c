"""Makes weakened copies of a module: one small change each, at the level of the syntax tree."""

from __future__ import annotations

import ast
import copy
import sys
import types
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    Change = tuple[str, Callable[[Any], ast.AST | None]]

COMPARISONS: dict[type[ast.cmpop], tuple[type[ast.cmpop], ...]] = {
    ast.Lt: (ast.LtE, ast.GtE),
    ast.LtE: (ast.Lt, ast.Gt),
    ast.Gt: (ast.GtE, ast.LtE),
    ast.GtE: (ast.Gt, ast.Lt),
    ast.Eq: (ast.NotEq,),
    ast.NotEq: (ast.Eq,),
    ast.Is: (ast.IsNot,),
    ast.IsNot: (ast.Is,),
    ast.In: (ast.NotIn,),
    ast.NotIn: (ast.In,),
}
LABELS = ("CLEAR", "GREEN", "AMBER", "AMBER_STRICT", "RED")
SWAPPED = {"min": "max", "max": "min"}


@dataclass(frozen=True)
class Mutant:
    """One weakened copy: what was changed, where, and how to load it."""

    line: int
    change: str
    source: str

    def load(self, name: str) -> types.ModuleType:
        module = types.ModuleType(name)
        sys.modules[name] = module
        try:
            exec(compile(self.source, f"<{name}>", "exec"), module.__dict__)  # noqa: S102 - our own source
        finally:
            del sys.modules[name]
        return module


def mutants(source: str) -> Iterator[Mutant]:
    """Every mutant of the source."""
    tree = ast.parse(source)
    for node in _nodes(tree):
        for change, mutate in _changes(node):
            yield _made(tree, node, change, mutate)


def _nodes(tree: ast.AST) -> Iterator[ast.AST]:
    for child in ast.iter_child_nodes(tree):
        if not _is_typing(child):
            yield child
            yield from _nodes(child)


def _is_typing(node: ast.AST) -> bool:
    if isinstance(node, ast.If):
        return isinstance(node.test, ast.Name) and node.test.id == "TYPE_CHECKING"
    if isinstance(node, ast.Assign) and isinstance(node.value, ast.Call):
        return getattr(node.value.func, "id", "") == "TypeVar"
    # Annotations are not evaluated; imports decide nothing.
    return isinstance(node, ast.arguments | ast.Import | ast.ImportFrom)


def _changes(node: ast.AST) -> Iterator[Change]:
    if _is_yield(node):
        yield "yield removed", lambda one: ast.Pass()
    for kind, changes in CHANGES.items():
        if isinstance(node, kind):
            yield from changes(node)


def _of_compare(node: ast.Compare) -> Iterator[Change]:
    for other in COMPARISONS[type(node.ops[0])]:
        yield f"compares by {other.__name__}", _compares(other)


def _of_logic(node: ast.BoolOp) -> Iterator[Change]:
    yield "and/or swapped", _swap_logic
    for index in range(len(node.values)):
        yield f"operand {index} dropped", _drops(index)


def _of_condition(node: ast.If | ast.IfExp) -> Iterator[Change]:
    yield "condition negated", _negate
    for value in (True, False):
        yield f"condition is {value}", _always(value=value)


def _of_not(node: ast.UnaryOp) -> Iterator[Change]:
    if isinstance(node.op, ast.Not):
        yield "not dropped", lambda one: one.operand


def _of_label(node: ast.Attribute) -> Iterator[Change]:
    if getattr(node.value, "id", "") == "Tlp" and node.attr in LABELS:
        for label in LABELS:
            if label != node.attr:
                yield f"{node.attr} becomes {label}", _labels(label)


def _of_call(node: ast.Call) -> Iterator[Change]:
    name = getattr(node.func, "id", "")
    if name in SWAPPED:
        yield f"{name} becomes {SWAPPED[name]}", _renames(SWAPPED[name])
    if name == "_Limit" and getattr(node.args[0], "value", "") is None:
        for label in LABELS:
            yield f"nobody becomes {label}", _opens(label)
    if getattr(node.func, "attr", "") == "deepcopy":
        yield "not copied", lambda one: one.args[0]


def _of_number(node: ast.Constant) -> Iterator[Change]:
    if isinstance(node.value, int):
        yield "number + 1", lambda one: ast.Constant(one.value + 1)
        yield "number - 1", lambda one: ast.Constant(one.value - 1)


def _of_exit(node: ast.Raise | ast.Return) -> Iterator[Change]:
    yield f"{type(node).__name__} removed", lambda one: ast.Pass()


def _of_case(node: ast.match_case) -> Iterator[Change]:
    yield "case removed", lambda one: None


CHANGES: dict[Any, Callable[[Any], Iterator[Change]]] = {
    ast.Compare: _of_compare,
    ast.BoolOp: _of_logic,
    (ast.If, ast.IfExp): _of_condition,
    ast.UnaryOp: _of_not,
    ast.Attribute: _of_label,
    ast.Call: _of_call,
    ast.Constant: _of_number,
    (ast.Raise, ast.Return): _of_exit,
    ast.match_case: _of_case,
}


def _is_yield(node: ast.AST) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Yield | ast.YieldFrom)


def _compares(other: type[ast.cmpop]) -> Callable[[Any], ast.AST]:
    def mutate(node: ast.Compare) -> ast.AST:
        node.ops[0] = other()
        return node

    return mutate


def _swap_logic(node: ast.BoolOp) -> ast.AST:
    node.op = ast.Or() if isinstance(node.op, ast.And) else ast.And()
    return node


def _drops(index: int) -> Callable[[Any], ast.AST]:
    def mutate(node: ast.BoolOp) -> ast.AST:
        del node.values[index]
        return node if len(node.values) > 1 else node.values[0]

    return mutate


def _negate(node: Any) -> ast.AST:
    node.test = ast.UnaryOp(ast.Not(), node.test)
    return node  # type: ignore[no-any-return]


def _always(*, value: bool) -> Callable[[Any], ast.AST]:
    def mutate(node: Any) -> ast.AST:
        node.test = ast.Constant(value)
        return node  # type: ignore[no-any-return]

    return mutate


def _labels(label: str) -> Callable[[Any], ast.AST]:
    def mutate(node: ast.Attribute) -> ast.AST:
        node.attr = label
        return node

    return mutate


def _renames(name: str) -> Callable[[Any], ast.AST]:
    def mutate(node: ast.Call) -> ast.AST:
        node.func = ast.Name(name, ast.Load())
        return node

    return mutate


def _opens(label: str) -> Callable[[Any], ast.AST]:
    def mutate(node: ast.Call) -> ast.AST:
        node.args[0] = ast.Attribute(ast.Name("Tlp", ast.Load()), label, ast.Load())
        return node

    return mutate


class _At(ast.NodeTransformer):
    """Applies one change at the node with the mark."""

    def __init__(self, mutate: Callable[[Any], ast.AST | None]) -> None:
        self.mutate = mutate

    def visit(self, node: ast.AST) -> Any:
        if getattr(node, "marked", False):
            return self.mutate(node)
        return self.generic_visit(node)


def _made(
    tree: ast.AST, node: ast.AST, change: str, mutate: Callable[[Any], ast.AST | None]
) -> Mutant:
    node.marked = True  # type: ignore[attr-defined]
    twin = copy.deepcopy(tree)
    del node.marked  # type: ignore[attr-defined]
    changed = ast.fix_missing_locations(_At(mutate).visit(twin))
    line = getattr(node, "lineno", 0) or node.pattern.lineno  # type: ignore[attr-defined]
    return Mutant(line, change, ast.unparse(changed))
