"""What a seed says about the partners: who they are, where they receive, how they behave."""

from collections.abc import Sequence
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator
from standardwebhooks import Webhook

Channel = Literal["webhook", "mail", "mattermost", "slack", "misp", "taxii"]
Door = Literal["mattermost", "slack", "misp", "taxii"]
AnswerWord = Literal["acknowledge", "accept", "decline", "need_info", "offer", "affected"]
Via = Literal["link", "webhook_api", "mail", "none"]

# Standard Webhooks 1.0.0: a secret is 24 to 64 random bytes.
SECRET_BYTES = range(24, 65)


class SeedError(ValueError):
    """The seed cannot be used; the text names the field and says what is wrong with it."""


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class WebhookReply(_Strict):
    """One planned reply of the receiver.

    `times` is how many requests get it before the next reply of the plan is used; None means
    from then on. `hang` holds the connection open and never answers.
    """

    status: int = Field(default=200, ge=200, le=599)
    delay_seconds: float = Field(default=0, ge=0)
    retry_after: int | None = Field(default=None, ge=0)
    times: int | None = Field(default=None, ge=1)
    hang: bool = False


class MailManners(_Strict):
    """How the partner's mail server treats the next messages.

    `tempfail` answers 451 and `refuse` 550 to the recipient; `delay_seconds` passes before the
    250 that takes responsibility for a message.
    """

    mode: Literal["accept", "tempfail", "refuse"] = "accept"
    delay_seconds: float = Field(default=0, ge=0)


class Behaviour(_Strict):
    """How the people of one partner act.

    `ack_after_seconds` counts from the first arrival of a notice on a channel they read (divided
    by the sandbox's speed); None is a partner that stays silent. `via` is how the answer goes
    back: through the link in the notice, through the hub's signed inbound API, by a mail signed
    with the partner's OpenPGP key (through the link where it has none), or not at all.
    """

    ack_after_seconds: float | None = Field(default=None, ge=0)
    answer: AnswerWord = "acknowledge"
    via: Via = "link"
    reads: tuple[Channel, ...] = ("webhook", "mail", "mattermost", "slack")
    note: str = ""
    by: str = ""
    webhook_replies: tuple[WebhookReply, ...] = ()
    mail: MailManners = MailManners()


class WebhookEndpoint(_Strict):
    """The receiver's secret; its path is fixed by the partner's id and may be repeated here."""

    secret: str
    path: str | None = None

    @field_validator("secret")
    @classmethod
    def _is_a_standard_webhooks_secret(cls, secret: str) -> str:
        if not secret.startswith("whsec_"):
            raise ValueError("a webhook secret starts with whsec_")
        if len(Webhook(secret)._whsecret) not in SECRET_BYTES:  # noqa: SLF001 - no public reader
            raise ValueError("a webhook secret is 24 to 64 random bytes in base64 after whsec_")
        return secret


PartnerId = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]{0,30}$")]


class Partner(_Strict):
    """One partner CERT as the seed describes it."""

    id: PartnerId
    name: str = Field(min_length=1)
    timezone: str = "UTC"
    webhook: WebhookEndpoint | None = None
    mail: tuple[str, ...] = ()
    doors: tuple[Door, ...] = ()
    door_key: str = "sandbox-key"
    behaviour: Behaviour = Behaviour()

    @field_validator("mail", mode="before")
    @classmethod
    def _one_address_or_several(cls, value: object) -> object:
        return (value,) if isinstance(value, str) else value

    @model_validator(mode="after")
    def _path_is_the_one_served(self) -> "Partner":
        served = webhook_path(self.id)
        if self.webhook and self.webhook.path not in (None, served):
            raise ValueError(f"webhook.path must be {served} (or left out)")
        return self


def webhook_path(partner_id: str) -> str:
    """The path at which the sandbox receives this partner's webhooks."""
    return f"/partners/{partner_id}/webhook"


def parse_partners(items: Sequence[Any]) -> dict[str, Partner]:
    """The partners of a seed by id.

    Raises:
        SeedError: a field is wrong, an id or a mail address is used twice.
    """
    partners: dict[str, Partner] = {}
    owners: dict[str, str] = {}
    for number, item in enumerate(items):
        partner = _parse_partner(number, item)
        if partner.id in partners:
            raise SeedError(f"partners.{number}.id: {partner.id!r} is used twice")
        partners[partner.id] = partner
        for address in partner.mail:
            other = owners.setdefault(address.lower(), partner.id)
            if other != partner.id:
                raise SeedError(f"partners.{number}.mail: {address} already belongs to {other}")
    return partners


def _parse_partner(number: int, item: Any) -> Partner:
    try:
        return Partner.model_validate(item)
    except ValidationError as error:
        raise SeedError(describe(error, f"partners.{number}")) from error


def describe(error: ValidationError, where: str) -> str:
    """One line per problem: the field's path in the seed, then what is wrong with it."""
    return "\n".join(
        f"{'.'.join([where, *map(str, problem['loc'])])}: {problem['msg']}"
        for problem in error.errors(include_url=False)
    )
