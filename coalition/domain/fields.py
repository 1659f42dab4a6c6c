"""The kinds of text that stand in coalition.yaml, each with the sentence for who mistypes it."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, StringConstraints, WithJsonSchema


class Strict(BaseModel):
    """A frozen value of what people write: unknown keys are errors, nothing is converted."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


def _matching(pattern: str, remedy: str) -> tuple[AfterValidator, WithJsonSchema]:
    expression = re.compile(pattern)

    def check(text: str) -> str:
        if expression.fullmatch(text):
            return text
        msg = f"{text[:60]!r} does not fit; {remedy}"
        raise ValueError(msg)

    schema = {"type": "string", "pattern": f"^(?:{pattern})$", "description": remedy}
    return AfterValidator(check), WithJsonSchema(schema)


def _one_line(limit: int) -> Callable[[str], str]:
    def check(text: str) -> str:
        if not text.strip() or len(text) > limit or not text.isprintable():
            msg = f"is empty, too long or has a line break; write one line of 1 to {limit} letters"
            raise ValueError(msg)
        return text

    return check


Name = Annotated[str, StringConstraints(strip_whitespace=True), AfterValidator(_one_line(120))]
"""One printable line."""

# Ids become parts of job ids ([A-Za-z0-9_-], an RQ rule), of room names and of addresses.
Slug = Annotated[
    str,
    *_matching("[a-z][a-z0-9-]{0,39}", "use a-z, 0-9 and -, starting with a letter, at most 40"),
]
Country = Annotated[
    str, *_matching("[A-Z]{2}", "use the two capital letters of ISO 3166, such as EE or NO")
]
Language = Annotated[
    str, *_matching("[a-z]{2,3}(-[A-Za-z0-9]{2,8})*", "use a language tag such as et or en-GB")
]
TimeZone = Annotated[
    str,
    *_matching(
        "UTC|[A-Z][A-Za-z_]+(/[A-Za-z0-9_+-]+){1,2}", "use an IANA name such as Europe/Tallinn"
    ),
]
Phone = Annotated[
    str,
    *_matching(
        r"\+[0-9][0-9 ()./-]{4,30}",
        'write it with the country code, in quotes, such as "+372 555 0100"',
    ),
]
SlackUser = Annotated[
    str,
    *_matching("[UW][A-Z0-9]{2,20}", "use the member id of the Slack profile, such as U01ALICE"),
]
SlackChannelId = Annotated[
    str,
    *_matching("[CG][A-Z0-9]{2,20}", "use the channel id of the Slack channel, such as C01CERTEE"),
]
Uuid = Annotated[
    str,
    *_matching(
        "[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}",
        "use a UUID in small letters, such as 5c1dd8d5-6a6f-4b5e-9d5c-0d9f2f7f4a11",
    ),
]
Mail = Annotated[
    str,
    *_matching(
        r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)*",
        "use one plain address such as cert@cert.example",
    ),
]
Fingerprint = Annotated[
    str, *_matching("[0-9A-Fa-f]{40}", "use the whole fingerprint, 40 hex digits without spaces")
]
EnvName = Annotated[
    str,
    *_matching("[A-Za-z_][A-Za-z0-9_]*", "name an environment variable such as EE_WEBHOOK_SECRET"),
]
WebAddress = Annotated[
    str,
    *_matching(
        r"https?://(\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9.-]+)(:[0-9]{1,5})?(/[^\s#\"<>\\]*)?",
        "use https://host/path, without a user, a password or a fragment",
    ),
]
