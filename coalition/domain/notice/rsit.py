"""The classes and types of incidents: ENISA's Reference Security Incident Taxonomy, version 1003.

Written `class:type`, such as `availability:ddos`. The taxonomy is in the public domain (CC0).
"""

from __future__ import annotations

import difflib
from typing import Annotated, NamedTuple

from pydantic import AfterValidator

VERSION = 1003


class RsitClass(NamedTuple):
    """A class, and its types with their names."""

    name: str
    types: dict[str, str]


RSIT: dict[str, RsitClass] = {
    "abusive-content": RsitClass(
        "Abusive Content",
        {
            "spam": "Spam",
            "harmful-speech": "Harmful Speech",
            "violence": "(Child) Sexual Exploitation/Sexual/Violent Content",
        },
    ),
    "malicious-code": RsitClass(
        "Malicious Code",
        {
            "infected-system": "Infected System",
            "c2-server": "C2 Server",
            "malware-distribution": "Malware Distribution",
            "malware-configuration": "Malware Configuration",
        },
    ),
    "information-gathering": RsitClass(
        "Information Gathering",
        {
            "scanner": "Scanning",
            "sniffing": "Sniffing",
            "social-engineering": "Social Engineering",
        },
    ),
    "intrusion-attempts": RsitClass(
        "Intrusion Attempts",
        {
            "ids-alert": "Exploitation of Known Vulnerabilities",
            "brute-force": "Login Attempts",
            "exploit": "New Attack Signature",
        },
    ),
    "intrusions": RsitClass(
        "Intrusions",
        {
            "privileged-account-compromise": "Privileged Account Compromise",
            "unprivileged-account-compromise": "Unprivileged Account Compromise",
            "application-compromise": "Application Compromise",
            "system-compromise": "System Compromise",
            "burglary": "Burglary",
        },
    ),
    "availability": RsitClass(
        "Availability",
        {
            "dos": "Denial of Service",
            "ddos": "Distributed Denial of Service",
            "misconfiguration": "Misconfiguration",
            "sabotage": "Sabotage",
            "outage": "Outage",
        },
    ),
    "information-content-security": RsitClass(
        "Information Content Security",
        {
            "unauthorised-information-access": "Unauthorised Access to Information",
            "unauthorised-information-modification": "Unauthorised Modification of Information",
            "data-loss": "Data Loss",
            "data-leak": "Leak of Confidential Information",
        },
    ),
    "fraud": RsitClass(
        "Fraud",
        {
            "unauthorised-use-of-resources": "Unauthorised Use of Resources",
            "copyright": "Copyright",
            "masquerade": "Masquerade",
            "phishing": "Phishing",
        },
    ),
    "vulnerable": RsitClass(
        "Vulnerable",
        {
            "weak-crypto": "Weak Cryptography",
            "ddos-amplifier": "DDoS Amplifier",
            "potentially-unwanted-accessible": "Potentially Unwanted Accessible Services",
            "information-disclosure": "Information Disclosure",
            "vulnerable-system": "Vulnerable System",
        },
    ),
    "other": RsitClass(
        "Other",
        {
            "other": "Uncategorised",
            "undetermined": "Undetermined",
        },
    ),
    "test": RsitClass(
        "Test",
        {
            "test": "Test",
        },
    ),
}


def rsit_name(classified: str) -> str:
    """`Availability / Distributed Denial of Service` for `availability:ddos`."""
    group, _, kind = classified.partition(":")
    found = RSIT[group]
    return f"{found.name} / {found.types[kind]}"


def parse_rsit(text: str) -> str:
    """`class:type` for what somebody typed: `availability:ddos`, or `ddos` alone.

    Raises:
        ValueError: it is no type of the taxonomy; names the nearest.
    """
    word = text.strip().casefold().replace(" ", "-").replace("/", ":")
    known = {kind: group for group, found in RSIT.items() for kind in found.types}
    group, colon, kind = word.rpartition(":")
    if kind in known and (not colon or group == known[kind]):
        return f"{known[kind]}:{kind}"
    near = difflib.get_close_matches(kind, known, n=1) or ["undetermined"]
    nearest = f"{known[near[0]]}:{near[0]}"
    raise ValueError(f"{text.strip()[:60]!r} is no RSIT type; write for example {nearest}")


Rsit = Annotated[str, AfterValidator(parse_rsit)]
"""`class:type` of the taxonomy."""
