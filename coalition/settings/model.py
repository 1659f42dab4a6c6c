"""All settings, in one model."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

from coalition.data_files import bundled_playbooks
from coalition.domain.errors import ConfigError
from coalition.settings.environment import Variables
from coalition.settings.kinds import (
    AppToken,
    BotToken,
    CallTargets,
    CommandPrefix,
    ImapUrl,
    Networks,
    RedisUrl,
    SecretKey,
    SlackMode,
    SmtpUrl,
    WebAddress,
    WebAddressWithSlash,
)


def _own_address(data: dict[str, Any]) -> str:
    return f"http://{data['host']}:{data['port']}"


def _own_keys(data: dict[str, Any]) -> Path:
    return Path(data["data_dir"]) / "gnupg"


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
    public_url: WebAddress = Field(
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
        description="The mail server: smtps://user:password@host:465, "
        "smtp://user:password@host:587 (then STARTTLS is required) or smtp://host:25 (STARTTLS "
        "where offered; required with ?starttls=required). Default: none, mail is not sent.",
    )
    gnupg_home: Path = Field(
        default_factory=_own_keys,
        description="The GnuPG home with the hub's key and the partners' keys for mail (`tocsin "
        "keys init`). Default: gnupg in the data folder.",
    )
    mail_drop: Path | None = Field(
        default=None,
        description="A Maildir folder where our mail server puts what partners answer by mail. "
        "Default: none.",
    )
    imap_url: ImapUrl | None = Field(
        default=None,
        description="The mailbox where partners' answers arrive: "
        "imaps://user:password@host/INBOX?every=30 (seconds between looks). Default: none.",
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
    slack_api_url: WebAddressWithSlash = Field(
        default="https://slack.com/api/", description="The Slack Web API, with trailing slash."
    )
    slack_bot_token: BotToken | None = Field(
        default=None, description="The bot token of the Slack app (xoxb-…)."
    )
    slack_app_token: AppToken | None = Field(
        default=None,
        description="The app-level token (xapp-…) with connections:write. Present: Socket Mode.",
    )
    slack_signing_secret: SecretStr | None = Field(
        default=None,
        description="The signing secret of the Slack app. Present without an app token: signed "
        "HTTP at /slack/events.",
    )
    slack_command_prefix: CommandPrefix = Field(
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
        return init_settings, Variables(settings_cls)

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
