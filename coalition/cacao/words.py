"""The words of CACAO 2.0 and of our extension, and how ids are written."""

from __future__ import annotations

import base64
import binascii
import re
import uuid
from collections.abc import Mapping
from typing import Any

SPEC_VERSION = "cacao-2.0"

ID = re.compile(
    r"([a-z][a-z0-9-]+[a-z0-9])--"
    r"([0-9a-fA-F]{8}-[0-9a-fA-F]{4}-([0-9a-fA-F])[0-9a-fA-F]{3}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12})"
)
TIMESTAMP = re.compile(
    r"([0-9]{4})-(0[1-9]|1[012])-(0[1-9]|[12][0-9]|3[01])"
    r"T([01][0-9]|2[0-3]):[0-5][0-9]:([0-5][0-9]|60)(\.[0-9]+)?Z"
)
VARIABLE = re.compile(r"__[a-zA-Z][a-zA-Z0-9_-]{0,199}?__")
REFERENCE = re.compile(r"(__[a-zA-Z][a-zA-Z0-9_-]{0,199}?__):value")

NAMESPACE = uuid.UUID("6f3d9a52-5d0c-5c55-9a0e-7d1c1f6b2c8a")
"""What our UUIDv5 are made in: playbooks, roles, extensions; never steps, which must be v4."""

EXTENSION = f"extension-definition--{uuid.uuid5(NAMESPACE, 'extension/1')}"
IDENTITY = f"identity--{uuid.uuid5(NAMESPACE, 'identity')}"
OPERATORS = f"group--{uuid.uuid5(NAMESPACE, 'operators')}"

TLP_IDS: Mapping[str, str] = {
    "TLP:RED": "marking-tlp--e828b379-4e03-4974-9ac4-e53a884c97c1",
    "TLP:AMBER+STRICT": "marking-tlp--939a9414-2ddd-4d32-a0cd-375ea402b003",
    "TLP:AMBER": "marking-tlp--55d920b0-5e8b-4f79-9ee9-91f868d9b421",
    "TLP:GREEN": "marking-tlp--bab4a63c-aed9-4cf5-a766-dfca5abac2bb",
    "TLP:CLEAR": "marking-tlp--94868c89-83c2-464b-929b-a1a8aa3c8487",
}
"""The ids that OASIS has fixed for the labels of TLP 2.0."""

STEP_TYPES = (
    "start",
    "end",
    "action",
    "playbook-action",
    "parallel",
    "if-condition",
    "while-condition",
    "switch-condition",
)
NEXT = ("on_completion", "on_success", "on_failure")


def v5(kind: str, name: str) -> str:
    """The id of this kind that always means `name` here."""
    return f"{kind}--{uuid.uuid5(NAMESPACE, f'{kind}/{name}')}"


def text_of(command: Mapping[str, Any]) -> str:
    """What a command says, with base64 undone where it is text; empty where there is nothing."""
    plain = command.get("command")
    if isinstance(plain, str) and plain.strip():
        return plain
    for key in ("command_b64", "content_b64"):
        coded = command.get(key)
        if isinstance(coded, str) and coded.strip():
            return _decoded(coded)
    return ""


def content_of(command: Mapping[str, Any]) -> str:
    """What a command sends along, with base64 undone where it is text."""
    plain, coded = command.get("content"), command.get("content_b64")
    if isinstance(plain, str):
        return plain
    return _decoded(coded) if isinstance(coded, str) else ""


def _decoded(coded: str) -> str:

    try:
        return base64.b64decode(coded, validate=True).decode()
    except (binascii.Error, ValueError):
        return f"(base64) {coded}"
