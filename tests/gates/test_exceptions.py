"""`except Exception` stands only where a process must outlive any one piece of work."""

from __future__ import annotations

import ast
from collections import Counter

from tests.gates.measures import PRODUCT, broad_handlers, name, parsed, python_files

# Where, how often, and why nothing narrower will do.
OUTERMOST: dict[str, tuple[int, str]] = {
    "coalition/domain/gate.py:release": (1, "what cannot be held still is not released"),
    "coalition/domain/gate.py:explain": (1, "an error in the gate is a denial (invariant 1)"),
    "workers/relay.py:_keep": (1, "the relay's loop outlives one bad entry"),
    "workers/drain.py:_perform": (1, "one effect's fault is recorded, the others go on"),
    "workers/inbound/watching.py:run": (1, "the look for mail outlives a place that breaks it"),
    "workers/inbound/watching.py:_kind": (1, "one mail's fault is counted, the others go on"),
}


def test_only_the_outermost_loops_catch_everything() -> None:
    found = Counter(
        f"{name(path)}:{function}"
        for path in python_files(*PRODUCT)
        for function, _ in broad_handlers(parsed(path))
    )
    assert found == {place: count for place, (count, _) in OUTERMOST.items()}


def test_the_measure_itself_sees_every_form() -> None:
    tree = ast.parse(
        "def f():\n"
        "    try: pass\n"
        "    except: pass\n"
        "    try: pass\n"
        "    except (ValueError, Exception): pass\n"
        "    try: pass\n"
        "    except BaseException: raise\n"
        "    try: pass\n"
        "    except ValueError: pass\n"
    )
    assert [line for _, line in sorted(broad_handlers(tree))] == [3, 5, 7]
