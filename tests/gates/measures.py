"""What the house-rule tests measure: files, functions and handlers of the repository."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

REPOSITORY = Path(__file__).parents[2]
PRODUCT = ("coalition", "bot", "workers", "sandbox")

Function = ast.FunctionDef | ast.AsyncFunctionDef


def python_files(*roots: str) -> list[Path]:
    """All Python files below the roots, in order."""
    return sorted(path for root in roots for path in (REPOSITORY / root).rglob("*.py"))


def name(path: Path) -> str:
    """The path as the repository calls it."""
    return path.relative_to(REPOSITORY).as_posix()


def parsed(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"), filename=str(path))


def functions(tree: ast.Module) -> Iterator[tuple[Function, int]]:
    """Each function and its length in lines, its docstring not counted."""
    for node in ast.walk(tree):
        if isinstance(node, Function):
            length = (node.end_lineno or node.lineno) - node.lineno + 1
            if ast.get_docstring(node):
                text = node.body[0]
                length -= (text.end_lineno or text.lineno) - text.lineno + 1
            yield node, length


def broad_handlers(tree: ast.Module) -> Iterator[tuple[str, int]]:
    """(function, line) of each handler that catches everything."""
    inside: list[tuple[ast.AST, str]] = [(tree, "<module>")]
    while inside:
        node, function = inside.pop()
        for child in ast.iter_child_nodes(node):
            if isinstance(child, ast.ExceptHandler) and _is_broad(child.type):
                yield function, child.lineno
            inside.append((child, child.name if isinstance(child, Function) else function))


def _is_broad(caught: ast.expr | None) -> bool:
    if caught is None:
        return True
    named = caught.elts if isinstance(caught, ast.Tuple) else [caught]
    return any(
        isinstance(one, ast.Name) and one.id in {"Exception", "BaseException"} for one in named
    )


def imports(tree: ast.Module) -> set[str]:
    """The top-level names of all absolute imports."""
    found: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            found.add(node.module.split(".")[0])
    return found
