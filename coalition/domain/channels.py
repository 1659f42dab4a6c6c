"""The ways to reach a member, as coalition.yaml names them; one model for each kind.

A kind stands here when Tocsin can send on it. A kind it cannot send on is an error of the file,
because a channel that is written down and silently skipped is worse than none.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field, model_validator

from coalition.domain.fields import EnvName, Fingerprint, Mail, Name, Strict, WebAddress
from coalition.domain.findings import CrossCheckError
from coalition.domain.labels import TypedTlp


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


class WebhookChannel(Strict):
    """Signed HTTP POST (Standard Webhooks)."""

    kind: Literal["webhook"]
    url: WebAddress
    secret: SecretRef
    ceiling: TypedTlp


class EmailChannel(Strict):
    """Mail; `openpgp` (with the public `key`) names the key it is to be encrypted to."""

    kind: Literal["email"]
    to: Mail
    openpgp: Fingerprint | None = None
    key: Name | None = None
    ceiling: TypedTlp

    @model_validator(mode="after")
    def _key_with_fingerprint(self) -> EmailChannel:
        if (self.openpgp is None) != (self.key is None):
            absent = "openpgp" if self.openpgp is None else "key"
            what = "is missing; openpgp (fingerprint) and key (file) are given together"
            raise CrossCheckError([((absent,), what)])
        return self


Channel = Annotated[WebhookChannel | EmailChannel, Field(discriminator="kind")]
