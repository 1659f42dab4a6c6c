"""How a partner reads a notice: what it is called, how it is labelled, where the answer goes.

The reader knows no more than a stranger would: the JSON of a webhook (`type`, `data.notice_id`,
`data.tlp`, …) or the subject and text of a mail. It never raises: a notice that cannot be read
is shown raw, as a real mail program would.
"""

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from email.message import EmailMessage
from typing import Any
from urllib.parse import urlsplit

from sandbox.partners.records import Reading

# FIRST TLP 2.0: capitals, no spaces. Anything else is not a label and is not shown as one.
_LABEL = re.compile(r"TLP:(?:RED|AMBER\+STRICT|AMBER|GREEN|CLEAR)(?![\w+])")
_LINK = re.compile(r"https?://[^\s<>\"')\]]+")
_NOTICE_LINE = re.compile(
    r"(?im)\bnotice(?:[ _-]?id)?\b[ \t]*[:#]?[ \t]+([A-Za-z0-9][\w-]*\d[\w-]*)"
)
_INCIDENT_LINE = re.compile(r"(?im)\bincident(?:[ _-]?id)?\b[ \t]*[:#]?[ \t]+([A-Za-z]+-[\w-]*\d)")
_ANY_ID = re.compile(r"\b(INC-\d{4}-\d{4,}-n\d+-[a-z][a-z0-9-]*)")
_INCIDENT_OF_ID = re.compile(r"\b(INC-\d{4}-\d{4,})-n\d")  # a nudge names nothing else
_ANSWER_KEYS = ("answer_url", "ack_url", "answer_link")
_ID_HEADERS = ("X-Tocsin-Notice", "X-Notice-Id")


def read_webhook(body: str) -> Reading:
    """What the JSON of a webhook says; an empty reading with the raw text if it is not JSON."""
    try:
        document = json.loads(body)
    except ValueError:
        return Reading(text=body)
    if not isinstance(document, dict):
        return Reading(text=body)
    data = document.get("data")
    data = data if isinstance(data, dict) else {}
    reading = Reading(
        kind=_text(document.get("type")),
        subject=_first_text(data, ("subject", "title", "headline")),
        label=_first_text(data, ("tlp", "label")) or _label_in(body),
        exercise=data.get("exercise") is True,
        notice_id=_text(data.get("notice_id")),
        incident_id=_text(data.get("incident_id")),
        answer_link=next((link for link in _answer_links(document)), ""),
        text=_first_text(data, ("text", "summary", "body")),
    )
    reading.subject = reading.subject or " ".join(
        part for part in (reading.label, reading.notice_id or reading.kind) if part
    )
    return reading


def read_mail(message: EmailMessage) -> Reading:
    """What the subject, the text and an attached JSON of a mail say."""
    text, html = _body(message, "plain"), _body(message, "html")
    subject = str(message.get("Subject", ""))
    words = f"{subject}\n{text or html}"
    return Reading(
        kind="mail",
        subject=subject,
        label=_label_in(words),
        exercise=bool(re.search(r"\bEXERCISE\b", words)),
        notice_id=_notice_id(message, words),
        incident_id=_match(_INCIDENT_LINE, words) or _match(_INCIDENT_OF_ID, words),
        answer_link=answer_link_in(words) or answer_link_in(html),
        text=text,
        html=html,
    )


def read_post(payload: Mapping[str, Any]) -> Reading:
    """What a post in a chat says, its buttons included."""
    words = "\n".join(_strings(payload))
    return Reading(
        kind="post",
        subject=_text(payload.get("text")).partition("\n")[0],
        label=_label_in(words),
        exercise=bool(re.search(r"\bEXERCISE\b", words)),
        notice_id=_match(_ANY_ID, words),
        incident_id=_match(_INCIDENT_LINE, words) or _match(_INCIDENT_OF_ID, words),
        answer_link=next((link for link in _answer_links(payload)), ""),
        text=_text(payload.get("text")),
    )


def read_misp(event: Mapping[str, Any]) -> Reading:
    """What a MISP event says: its title, the label among its tags, the report as text."""
    tags = [_text(tag.get("name")) for tag in event.get("Tag", ()) if isinstance(tag, dict)]
    label = next((tag.upper() for tag in tags if tag.startswith("tlp:")), "")
    words = "\n".join(_strings(event))
    return Reading(
        kind="misp",
        subject=_text(event.get("info")),
        label=_label_in(label),
        exercise=bool(re.search(r"\bEXERCISE\b", words)),
        notice_id=_match(_ANY_ID, words),
        text=words,
    )


def read_bundle(objects: Iterable[Mapping[str, Any]]) -> Reading:
    """What STIX objects say: the report's name, the label they carry, the note as text."""
    listed = list(objects)
    report = next((one for one in listed if one.get("type") == "report"), {})
    words = "\n".join(_strings(listed))
    return Reading(
        kind="stix",
        subject=_text(report.get("name")),
        label=_label_in(words),
        exercise=bool(re.search(r"\bEXERCISE\b", words)),
        notice_id=_match(_ANY_ID, words),
        text=words,
    )


def _strings(node: Any) -> Iterator[str]:
    if isinstance(node, Mapping):
        for value in node.values():
            yield from _strings(value)
    elif isinstance(node, list):
        for value in node:
            yield from _strings(value)
    elif isinstance(node, str):
        yield node


def answer_link_in(text: str) -> str:
    """The first link whose path is an answer page (`/n/<token>`), or empty text."""
    for found in _LINK.finditer(text):
        link = found.group().rstrip(".,;")
        if re.search(r"/n/[^/]+$", urlsplit(link).path):
            return link
    return ""


def _notice_id(message: EmailMessage, words: str) -> str:
    """The id a header states, or that the mail both bears and names, or a "Notice:" line names.

    A Message-ID is made from the notice's id and the number of the sending, so that a mail which
    is sent again keeps it; without the number it is the id that the text speaks of.
    """
    for header in _ID_HEADERS:
        if message.get(header):
            return str(message[header]).strip()
    sending = str(message.get("Message-ID", "")).strip().strip("<>").partition("@")[0]
    numbered = re.fullmatch(r"(.+)-\d+", sending)
    if numbered and re.search(rf"(?<![\w-]){re.escape(numbered[1])}(?![\w-])", words):
        return numbered[1]
    return _match(_NOTICE_LINE, words) or sending


def _answer_links(node: Any) -> Iterator[str]:
    """Links under the known names, at any depth; then anything that looks like an answer page."""
    if isinstance(node, dict):
        for key in _ANSWER_KEYS:
            if isinstance(node.get(key), str):
                yield node[key]
        for value in node.values():
            yield from _answer_links(value)
    elif isinstance(node, list):
        for value in node:
            yield from _answer_links(value)
    elif isinstance(node, str) and (link := answer_link_in(node)):
        yield link


def _body(message: EmailMessage, subtype: str) -> str:
    if message.get_content_type() == "multipart/encrypted":
        return "(encrypted: readable only with this partner's private key)" * (subtype == "plain")
    part = message.get_body(preferencelist=(subtype,))
    if part is None:
        return ""
    try:
        return str(part.get_content()).replace("\r\n", "\n")
    except (LookupError, UnicodeError):
        payload = part.get_payload(decode=True)
        return payload.decode("utf-8", "replace") if isinstance(payload, bytes) else ""


def _label_in(text: str) -> str:
    found = _LABEL.search(text)
    return found.group() if found else ""


def _match(pattern: re.Pattern[str], text: str) -> str:
    found = pattern.search(text)
    return found.group(1) if found else ""


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""


def _first_text(data: Mapping[str, Any], keys: tuple[str, ...]) -> str:
    return next((data[key] for key in keys if isinstance(data.get(key), str)), "")
