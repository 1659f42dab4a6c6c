"""`aid.act`: what a partner's own system does about mutual aid, by the same signed inbox.

`{"type": "aid.act", "data": {"aid": "AID-2026-0003", "act": "deploy", "mission": 1}}`
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, StringConstraints, ValidationError

from coalition.application import aid_acting
from coalition.domain.errors import UserError

if TYPE_CHECKING:
    from coalition.bootstrap import Tocsin

Short = Annotated[str, StringConstraints(max_length=60)]


class Act(BaseModel):
    """`data` of an act; every other key is a field of the act."""

    model_config = ConfigDict(frozen=True, extra="allow")

    aid: Short
    act: Short


class Kind(BaseModel):
    """What a body says it is."""

    model_config = ConfigDict(frozen=True)

    type: str


class Envelope(BaseModel):
    """The body."""

    model_config = ConfigDict(frozen=True)

    type: Literal["aid.act"]
    data: Act


def is_act(body: bytes) -> bool:
    """Whether a body says that it is one, well-formed or not."""
    try:
        return Kind.model_validate_json(body).type == "aid.act"
    except ValidationError:
        return False


def act(tocsin: Tocsin, member: str, body: bytes, webhook_id: str) -> dict[str, Any]:
    """Carry it out; returns what is said back.

    Raises:
        NotFound, UserError, TransientError: as `aid_acting.act`.
    """
    try:
        told = Envelope.model_validate_json(body).data
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False, include_context=False)[0]
        where = ".".join(map(str, first["loc"])) or "body"
        raise UserError(f"{where}: {first['msg']}.", "An act names aid and act.") from None
    done = aid_acting.act(
        tocsin.dispatcher,
        member=member,
        way="webhook",
        word=told.act,
        aid=told.aid,
        fields=told.model_extra or {},
        once=webhook_id,
        at=tocsin.clock.now(),
        evidence={"webhook_id": webhook_id},
    )
    status = "known" if done.duplicate else "recorded"
    return {"status": status, "aid": told.aid, "act": told.act, "version": done.version}
