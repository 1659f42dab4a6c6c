"""Everything that is set from outside: the environment, each name also as NAME_FILE.

The names are a contract with operators (docs/settings.md lists them, a test keeps the list
complete). A value may stand in the variable itself or in a file that NAME_FILE names, which is
how containers hand over secrets.
"""

from __future__ import annotations

import difflib
import os
import re
from collections.abc import Mapping
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit

from pydantic import AfterValidator, BeforeValidator, Field, SecretStr, ValidationError
from pydantic_settings import (
    BaseSettings,
    NoDecode,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
)

from coalition.data_files import bundled_playbooks
from coalition.domain.allowlist import parse_allow_list
from coalition.domain.errors import ConfigError
from coalition.domain.labels import Tlp

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


def _command_prefix(value: str) -> str:
    if not re.fullmatch(r"[a-z0-9_-]{0,20}", value):
        msg = f"{value!r} does not fit; use a-z, 0-9, - and _, at most 20, such as tocsin-"
        raise ValueError(msg)
    return value


def _own_address(data: dict[str, Any]) -> str:
    return f"http://{data['host']}:{data['port']}"


RedisUrl = Annotated[SecretStr, _scheme("redis", "rediss", "unix", "redis+sentinel")]
SmtpUrl = Annotated[SecretStr, _scheme("smtp", "smtps")]
SecretKey = Annotated[SecretStr, AfterValidator(_long_enough)]
CallTargets = Annotated[dict[str, Tlp], NoDecode, BeforeValidator(_call_targets)]
Networks = Annotated[tuple[Network, ...], NoDecode, BeforeValidator(_networks)]


def variable(field: str) -> str:
    """The environment variable of a field: `port` is TOCSIN_PORT, `slack_bot_token` as it is."""
    name = field.upper()
    return name if name.startswith("SLACK_") else f"TOCSIN_{name}"


class Settings(BaseSettings):
    """What this process has been told. Frozen; secrets never show in its repr."""

    model_config = SettingsConfigDict(frozen=True, extra="forbid")

    coalition: Path = Field(
        default=Path("coalition.yaml"),
        description="The coalition file: charter, members, delegates, channels.",
    )
    playbooks: Path = Field(
        default_factory=bundled_playbooks,
        description="The folder of playbooks. Default: those that come with Tocsin.",
    )
    redis_url: RedisUrl | None = Field(
        default=None,
        description="An external Redis or Valkey: redis://, rediss://, unix:// or "
        "redis+sentinel://host:port,host:port/service/db. Default: a server of our own in the "
        "data folder.",
    )
    data_dir: Path = Field(
        default=Path(".tocsin"), description="The folder for all that is kept on this machine."
    )
    host: str = Field(default="127.0.0.1", description="The address the web server listens on.")
    port: Annotated[int, Field(ge=0, le=65535)] = Field(
        default=8470, description="The port the web server listens on."
    )
    public_url: Annotated[str, AfterValidator(_web_address)] = Field(
        default_factory=_own_address,
        description="The address under which partners and delegates reach the web server; it "
        "stands in every link that goes out. Default: http://host:port.",
    )
    secret_key: SecretKey | None = Field(
        default=None,
        description="Signs answer links and sign-in links; at least 32 letters, the same for all "
        "processes. Default: made once and kept in the data folder.",
    )
    smtp_url: SmtpUrl | None = Field(
        default=None,
        description="The mail server: smtp://user:password@host:587 (STARTTLS where offered) or "
        "smtps://user:password@host:465. Default: none, mail is not sent.",
    )
    gnupg_home: Path | None = Field(
        default=None, description="The GnuPG home with the keys for mail. Default: none."
    )
    private_targets: Networks = Field(
        default=(),
        description="Networks that webhooks may reach although they are private, and may reach "
        "without TLS, such as 127.0.0.1/32. Default: none.",
    )
    call_targets: CallTargets = Field(
        default={},
        description="The hosts that playbooks may call, each with the strictest label it may get: "
        "https://tickets.example=TLP:GREEN. Without a label: TLP:CLEAR. Default: none.",
    )
    call_secret: SecretStr | None = Field(
        default=None, description="The secret (whsec_…) that signs calls. Default: no calls."
    )
    slack_api_url: Annotated[str, AfterValidator(_with_slash)] = Field(
        default="https://slack.com/api/", description="The Slack Web API, with trailing slash."
    )
    slack_bot_token: Annotated[SecretStr, _prefixed("xoxb-", "xoxe.xoxb-")] | None = Field(
        default=None, description="The bot token of the Slack app (xoxb-…)."
    )
    slack_app_token: Annotated[SecretStr, _prefixed("xapp-")] | None = Field(
        default=None,
        description="The app-level token (xapp-…) with connections:write. Present: Socket Mode.",
    )
    slack_signing_secret: SecretStr | None = Field(
        default=None,
        description="The signing secret of the Slack app. Present without an app token: signed "
        "HTTP at /slack/events.",
    )
    slack_command_prefix: Annotated[str, AfterValidator(_command_prefix)] = Field(
        default="",
        description="Put before every slash command where another app owns the plain name: "
        "tocsin- makes /tocsin-incident.",
    )

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """What is given in code, then the environment; no .env file is read unasked."""
        return init_settings, _Variables(settings_cls)

    @property
    def slack_mode(self) -> SlackMode:
        """How Slack is reached: Socket Mode, signed HTTP, or not at all."""
        if self.slack_bot_token is None:
            return "none"
        if self.slack_app_token is not None:
            return "socket"
        return "http" if self.slack_signing_secret is not None else "none"

    def require_slack(self) -> SlackMode:
        """`socket` or `http`.

        Raises:
            ConfigError: naming each credential that is missing and where it is found.
        """
        missing = []
        if self.slack_bot_token is None:
            missing.append(
                "environment: SLACK_BOT_TOKEN: is missing; copy it from the Slack app, page "
                "“OAuth & Permissions”, or run `tocsin up`, which brings a local workspace"
            )
        if self.slack_app_token is None and self.slack_signing_secret is None:
            missing.append(
                "environment: SLACK_APP_TOKEN: is missing; copy an app-level token from page "
                "“Basic Information” for Socket Mode, or set SLACK_SIGNING_SECRET for signed HTTP"
            )
        if missing:
            raise ConfigError(missing)
        return self.slack_mode


class _Variables(PydanticBaseSettingsSource):
    """NAME, or the content of the file that NAME_FILE names. Empty means not set."""

    def get_field_value(self, field: Any, field_name: str) -> tuple[Any, str, bool]:
        """The value of one field (None: not set), its name, and that it needs no decoding."""
        return _lookup(variable(field_name), os.environ), field_name, False

    def __call__(self) -> dict[str, Any]:
        findings: list[str] = []
        found: dict[str, Any] = {}
        for name, field in self.settings_cls.model_fields.items():
            try:
                value, _, _ = self.get_field_value(field, name)
            except ConfigError as error:
                findings.extend(error.findings)
            else:
                if value is not None:
                    found[name] = value
        if findings:
            raise ConfigError(findings)
        return found


def _lookup(name: str, environ: Mapping[str, str]) -> str | None:
    value, path = environ.get(name, ""), environ.get(f"{name}_FILE", "")
    if value and path:
        raise ConfigError([f"environment: {name}: is set, and {name}_FILE too; keep one of them"])
    if not path:
        return value or None
    try:
        return Path(path).read_text(encoding="utf-8").strip() or None
    except (OSError, UnicodeDecodeError) as error:
        what = f"environment: {name}_FILE: cannot read {path}; check the path and its permissions"
        raise ConfigError([what]) from error


def load_settings(**given: Any) -> Settings:
    """The settings of this process; `given` (by field name) wins over the environment.

    Raises:
        ConfigError: with every variable that is wrong, as `environment: NAME: what; what to do`.
    """
    try:
        return Settings(**given)
    except ValidationError as error:
        findings = []
        for one in error.errors(include_url=False, include_input=False):
            if one["type"] == "default_factory_not_called":  # the field it hangs on is reported
                continue
            what = one["msg"].removeprefix("Value error, ")
            remedy = "" if ";" in what else "; see docs/settings.md"
            findings.append(f"environment: {variable(str(one['loc'][0]))}: {what}{remedy}")
        raise ConfigError(findings) from None


def unknown_variables(environ: Mapping[str, str]) -> list[str]:
    """A sentence for each variable that looks like ours and is not: most often a typing error."""
    known = [variable(name) for name in Settings.model_fields]
    known += [f"{name}_FILE" for name in known]
    return [
        f"{name} is not a setting of Tocsin"
        + "".join(f"; did you mean {near}?" for near in difflib.get_close_matches(name, known, n=1))
        for name in sorted(environ)
        if name.startswith("TOCSIN_") and name not in known
    ]
