"""Ids and labels of STIX 2.1 that partners agree on.

Ids of our objects are derived, so that rendering again gives the same bytes and an update names
the object it changes. They have the shape of a UUIDv4, because the specification allows no other
for domain objects and strict validators refuse a UUIDv5 there.
"""

from __future__ import annotations

import hashlib
import uuid

from coalition.domain.labels import Tlp

TLP_EXTENSION = "extension-definition--60a3c5c5-0d10-413e-aab3-9e08dde9e88d"
"""FIRST and OASIS: TLP 2.0 as an extension of the marking definition."""

TLP_IDS: dict[Tlp, str] = {
    Tlp.CLEAR: "marking-definition--94868c89-83c2-464b-929b-a1a8aa3c8487",
    Tlp.GREEN: "marking-definition--bab4a63c-aed9-4cf5-a766-dfca5abac2bb",
    Tlp.AMBER: "marking-definition--55d920b0-5e8b-4f79-9ee9-91f868d9b421",
    Tlp.AMBER_STRICT: "marking-definition--939a9414-2ddd-4d32-a0cd-375ea402b003",
    Tlp.RED: "marking-definition--e828b379-4e03-4974-9ac4-e53a884c97c1",
}
"""Validators take a wrong id for a right one, and public code holds several that were made up."""

TLP_CREATED = "2022-10-01T00:00:00.000Z"

OTHER_TLP_IDS: dict[str, Tlp] = {
    # TLP 1.0, as the STIX 2.1 specification defines it.
    "marking-definition--613f2e26-407d-48c7-9eca-b8e91df99dc9": Tlp.CLEAR,
    "marking-definition--34098fce-860f-48ae-8e50-ebd3cc5e41da": Tlp.GREEN,
    "marking-definition--f88d31f6-486f-44da-b317-01333bde0b82": Tlp.AMBER,
    "marking-definition--5e57c739-391a-4eb3-b6be-7d15ca92d5ed": Tlp.RED,
    # OpenCTI's own for AMBER+STRICT.
    "marking-definition--826578e1-40ad-459f-bc73-ede076f81f37": Tlp.AMBER_STRICT,
}
"""What others write for a label; read, and never written."""

INCIDENT_EXTENSION = "extension-definition--ef765651-680c-498d-9894-99799f2fa126"
"""OASIS incident core: a draft whose parts disagree, so only its three scalar fields are used."""


def derived(kind: str, *parts: str) -> str:
    """The id of one of our objects: the same for the same parts."""
    seed = hashlib.sha256("\x1f".join(("tocsin", kind, *parts)).encode()).digest()
    return f"{kind}--{uuid.UUID(bytes=seed[:16], version=4)}"


def tlp_marking(tlp: Tlp) -> dict[str, object]:
    """The marking definition of a label, as its owners publish it."""
    return {
        "type": "marking-definition",
        "spec_version": "2.1",
        "id": TLP_IDS[tlp],
        "created": TLP_CREATED,
        "name": tlp.value,
        "extensions": {
            TLP_EXTENSION: {
                "extension_type": "property-extension",
                "tlp_2_0": tlp.value.removeprefix("TLP:").lower(),
            }
        },
    }
