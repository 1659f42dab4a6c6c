"""What the tests of CACAO share."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from jsonschema import Draft7Validator
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT7

from tests.cacao.samples import SHARED, Json, document


@pytest.fixture
def small() -> Json:
    """The smallest document that does something."""
    return document({"type": "manual", "command": "Look up __site__:value"})


@pytest.fixture(scope="session")
def schema_errors() -> Callable[[Json], list[str]]:
    """What the official schemas, read as the draft they declare, say of a document."""
    folder = SHARED / "schemas"
    if not folder.exists():
        pytest.skip(f"the official CACAO schemas are not at {folder}")
    schemas = [json.loads(path.read_text("utf-8")) for path in folder.rglob("*.json")]
    registry: Any = Registry().with_resources(
        (one["$id"], Resource.from_contents(one, default_specification=DRAFT7)) for one in schemas
    )
    root = json.loads((folder / "playbook.json").read_text("utf-8"))
    validator = Draft7Validator(root, registry=registry)
    return lambda found: [error.message[:200] for error in validator.iter_errors(found)]
