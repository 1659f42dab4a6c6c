"""The ways to reach a member, as coalition.yaml names them; one model for each kind.

A kind stands here when Tocsin can send on it. A kind it cannot send on is an error of the file,
because a channel that is written down and silently skipped is worse than none.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any, Literal, NamedTuple, Self

from pydantic import Field, model_validator

from coalition.domain.fields import (
    EnvName,
    Fingerprint,
    Mail,
    Name,
    Phone,
    SlackChannelId,
    Slug,
    Strict,
    Uuid,
    WebAddress,
)
from coalition.domain.findings import CrossCheckError
from coalition.domain.labels import Tlp, TypedTlp


class SecretRef(Strict):
    """Where a secret stands: an environment variable or a file. Never the secret itself."""

    env: EnvName | None = None
    file: Name | None = None

    @model_validator(mode="before")
    @classmethod
    def _not_written_out(cls, value: Any) -> Any:
        if not isinstance(value, dict | SecretRef):
            what = "stands in the file; move it away and write {env: NAME} or {file: path}"
            raise CrossCheckError([((), what)])
        return value

    @model_validator(mode="after")
    def _exactly_one(self) -> SecretRef:
        if (self.env is None) == (self.file is None):
            what = "names no place, or two; write {env: NAME} or {file: path}"
            raise CrossCheckError([((), what)])
        return self


class Way(Strict):
    """What every kind has. `exercise`: only for exercises (true) or never for one (false).

    Unset, the channel is for whatever the file is: with both kinds of endpoint in one file, an
    exercise is that file with `coalition.exercise: true`, and reaches no live endpoint.
    """

    ceiling: TypedTlp
    exercise: bool | None = None

    @property
    def address(self) -> str:
        """What tells this endpoint from another one: its address, or the place that holds it."""
        hook: SecretRef | None = getattr(self, "hook", None)
        if hook is not None:
            return hook.env or hook.file or ""
        return getattr(self, "url", None) or ""

    def secrets(self) -> Iterator[SecretRef]:
        """The places of all secrets that sending on it needs."""
        for name in type(self).model_fields:
            value = getattr(self, name)
            if isinstance(value, SecretRef):
                yield value


class WebhookChannel(Way):
    """Signed HTTP POST (Standard Webhooks).

    `old_secret` stands there while a partner moves to a new one: both sign, until it is removed.
    """

    kind: Literal["webhook"]
    url: WebAddress
    secret: SecretRef
    old_secret: SecretRef | None = None


class PinnedKey(NamedTuple):
    """An OpenPGP key as the file pins it: the fingerprint of the primary key, and its file."""

    fingerprint: str  # 40 capital hex digits
    file: str


class KeyHolder(Strict):
    """What has an OpenPGP key: `openpgp` is its fingerprint, `key` the file that holds it."""

    openpgp: Fingerprint | None = None
    key: Name | None = None

    @model_validator(mode="after")
    def _key_with_fingerprint(self) -> Self:
        if (self.openpgp is None) != (self.key is None):
            absent = "openpgp" if self.openpgp is None else "key"
            what = "is missing; openpgp (fingerprint) and key (file) are given together"
            raise CrossCheckError([((absent,), what)])
        return self

    @property
    def pinned(self) -> PinnedKey | None:
        """The key; None where there is none."""
        if self.openpgp is None or self.key is None:
            return None
        return PinnedKey(self.openpgp.upper(), self.key)


class EmailChannel(Way, KeyHolder):
    """Mail; `openpgp` (with the public `key`) names the key it is to be encrypted to.

    With `delegate` it goes to that one person, encrypted to the key that stands with them: the
    only way by which TLP:RED is mailed. `Member.key_of` says which key counts.
    """

    kind: Literal["email"]
    to: Mail
    delegate: Slug | None = None

    @model_validator(mode="after")
    def _one_key(self) -> EmailChannel:
        if self.delegate is not None and self.openpgp is not None:
            what = "stands beside delegate; write openpgp and key where the delegate stands"
            raise CrossCheckError([(("openpgp",), what)])
        return self


class MattermostChannel(Way):
    """A post in a Mattermost channel. `hook` holds the address of its incoming webhook.

    The whole address is the secret: whoever has it can post there.
    """

    kind: Literal["mattermost"]
    hook: SecretRef


class MispChannel(Way):
    """A MISP event: a file for the partner, and pushed to its server where one is named.

    `key` is the automation key (auth key) of our user there. `sharing_group`: the UUID of the
    partner's own; without it the event stays with the organisation that receives it.
    """

    kind: Literal["misp"]
    url: WebAddress | None = None
    key: SecretRef | None = None
    sharing_group: Uuid | None = None

    @model_validator(mode="after")
    def _key_with_url(self) -> MispChannel:
        if (self.url is None) != (self.key is None):
            absent = "url" if self.url is None else "key"
            what = (
                "is missing; url and key are given together, or neither: then only a file is made"
            )
            raise CrossCheckError([((absent,), what)])
        return self


class TaxiiChannel(Way):
    """A STIX bundle added to a TAXII 2.1 collection. `url` is the address of its API root.

    With `user` and `password`, or `token` (sent as a bearer token), or neither.
    """

    kind: Literal["taxii"]
    url: WebAddress
    collection: Uuid
    user: Name | None = None
    password: SecretRef | None = None
    token: SecretRef | None = None

    @model_validator(mode="after")
    def _one_way_in(self) -> TaxiiChannel:
        if (self.user is None) != (self.password is None):
            absent = "user" if self.user is None else "password"
            what = "is missing; user and password are given together"
            raise CrossCheckError([((absent,), what)])
        if self.user is not None and self.token is not None:
            what = "is one way in too many; write user and password, or token"
            raise CrossCheckError([(("token",), what)])
        return self


class SlackChannel(Way):
    """A channel of the partner's own in Slack.

    `channel`: the id of one in our workspace (or shared with it by Slack Connect) that the bot
    was invited to. `hook`: the address of an incoming webhook of their own workspace.
    """

    kind: Literal["slack"]
    channel: SlackChannelId | None = None
    hook: SecretRef | None = None

    @model_validator(mode="after")
    def _exactly_one(self) -> SlackChannel:
        if (self.channel is None) == (self.hook is None):
            what = "is missing, or stands beside hook; write channel or hook, one of them"
            raise CrossCheckError([(("channel",), what)])
        return self


class PhoneChannel(Way):
    """A task for one of us: the number to call and the words to say. Never called by a machine.

    `number`: the member's duty phone, where none is written. The words hold nothing of the
    content, because the line is open.
    """

    kind: Literal["phone"]
    number: Phone | None = None
    ask_for: Name = "the duty officer"
    ceiling: TypedTlp = Tlp.GREEN


Channel = Annotated[
    WebhookChannel
    | EmailChannel
    | MattermostChannel
    | MispChannel
    | TaxiiChannel
    | SlackChannel
    | PhoneChannel,
    Field(discriminator="kind"),
]
