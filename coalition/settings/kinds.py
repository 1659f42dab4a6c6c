"""The kinds of value that settings have, each with the sentence for who mistypes one."""

from __future__ import annotations

import re
from ipaddress import IPv4Network, IPv6Network, ip_network
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit

from pydantic import AfterValidator, BeforeValidator, SecretStr
from pydantic_settings import NoDecode

from coalition.domain.allowlist import parse_allow_list
from coalition.domain.labels import Tlp
from coalition.domain.mailbox import parse_mailbox

Network = IPv4Network | IPv6Network
SlackMode = Literal["socket", "http", "none"]

_SMALLEST_KEY = 32


def _networks(value: Any) -> Any:
    if not isinstance(value, str):
        return value
    try:
        return tuple(ip_network(word, strict=False) for word in re.split(r"[,\s]+", value) if word)
    except ValueError as error:
        msg = f"{error}; list networks such as 127.0.0.1/32, 10.1.0.0/16"
        raise ValueError(msg) from error


def _call_targets(value: Any) -> Any:
    return parse_allow_list(value) if isinstance(value, str) else value


def _web_address(value: str) -> str:
    parts = urlsplit(value)
    if parts.scheme not in {"http", "https"} or not parts.netloc:
        msg = f"{value!r} is no web address; write it like https://tocsin.example"
        raise ValueError(msg)
    return value.rstrip("/")


def _with_slash(value: str) -> str:
    return _web_address(value) + "/"


def _prefixed(*prefixes: str) -> AfterValidator:
    def check(value: SecretStr) -> SecretStr:
        if not value.get_secret_value().startswith(prefixes):
            msg = f"does not start with {' or '.join(prefixes)}; copy the right token from Slack"
            raise ValueError(msg)
        return value

    return AfterValidator(check)


def _scheme(*schemes: str) -> AfterValidator:
    def check(value: SecretStr) -> SecretStr:
        if value.get_secret_value().partition("://")[0] not in schemes:  # a list of hosts is no URL
            msg = f"does not start with {', '.join(f'{name}://' for name in schemes)}; mend it"
            raise ValueError(msg)
        return value

    return AfterValidator(check)


def _long_enough(value: SecretStr) -> SecretStr:
    if len(value.get_secret_value()) < _SMALLEST_KEY:
        msg = f"is shorter than {_SMALLEST_KEY} letters; make one with: openssl rand -hex 32"
        raise ValueError(msg)
    return value


def _mailbox(value: SecretStr) -> SecretStr:
    try:
        parse_mailbox(value.get_secret_value())
    except ValueError as error:
        msg = f"{error}; write it like imaps://user:password@host/INBOX?every=30"
        raise ValueError(msg) from None
    return value


def _command_prefix(value: str) -> str:
    if not re.fullmatch(r"[a-z0-9_-]{0,20}", value):
        msg = f"{value!r} does not fit; use a-z, 0-9, - and _, at most 20, such as tocsin-"
        raise ValueError(msg)
    return value


RedisUrl = Annotated[SecretStr, _scheme("redis", "rediss", "unix", "redis+sentinel")]
ImapUrl = Annotated[SecretStr, _scheme("imap", "imaps"), AfterValidator(_mailbox)]
SmtpUrl = Annotated[SecretStr, _scheme("smtp", "smtps")]
SecretKey = Annotated[SecretStr, AfterValidator(_long_enough)]
CallTargets = Annotated[dict[str, Tlp], NoDecode, BeforeValidator(_call_targets)]
Networks = Annotated[tuple[Network, ...], NoDecode, BeforeValidator(_networks)]
WebAddress = Annotated[str, AfterValidator(_web_address)]
WebAddressWithSlash = Annotated[str, AfterValidator(_with_slash)]
BotToken = Annotated[SecretStr, _prefixed("xoxb-", "xoxe.xoxb-")]
AppToken = Annotated[SecretStr, _prefixed("xapp-")]
CommandPrefix = Annotated[str, AfterValidator(_command_prefix)]
