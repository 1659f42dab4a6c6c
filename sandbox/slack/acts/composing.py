"""From the arguments of a post (Web API, response URL, acknowledgement) to a checked message."""

import json
import re

from sandbox.slack import blocks as kit
from sandbox.slack.errors import SlackError
from sandbox.slack.model import Json, Message
from sandbox.slack.world import World

TEXT_LIMIT = 40_000
MARKDOWN_LIMIT = 12_000
ATTACHMENT_LIMIT = 100
METADATA_BYTES = 16_000
EVENT_TYPE = re.compile(r"^[a-z][a-z0-9_]*$")
NO_FALLBACK = "blocks without text: people on phones and screen readers get no notification text"


def compose(world: World, channel: str, args: Json, *, notes: list[str]) -> Message:
    """A message of the app, not yet anywhere; `notes` receives remarks for the traffic log.

    Text over 40 000 characters is cut, as `chat.postMessage` does.

    Raises:
        SlackError: `no_text`, `markdown_text_conflict`, `invalid_blocks` (with what and where),
            `msg_blocks_too_long`, `too_many_attachments`, `invalid_metadata_format`,
            `invalid_metadata_schema`, `metadata_too_large`.
    """
    content = checked_content(args, notes=notes)
    icons = {}
    if args.get("icon_emoji"):
        icons["emoji"] = args["icon_emoji"]
    if args.get("icon_url"):
        icons["image_48"] = args["icon_url"]
    return Message(
        ts=world.new_ts(),
        channel=channel,
        user=world.app.bot_user_id,
        bot_id=world.app.bot_id,
        thread_ts=args.get("thread_ts") or None,
        username=args.get("username") or None,
        icons=icons or None,
        metadata=checked_metadata(args.get("metadata")),
        **content,
    )


def checked_content(args: Json, *, notes: list[str]) -> Json:
    """The `text`, `blocks` and `attachments` of a message, as far as `args` has them.

    Raises:
        SlackError: as `compose`.
    """
    text = str(args.get("text") or "")
    markdown = args.get("markdown_text")
    blocks, attachments = args.get("blocks") or [], args.get("attachments") or []
    if markdown:
        if text or blocks:
            raise SlackError("markdown_text_conflict")
        text = str(markdown)[:MARKDOWN_LIMIT]
    if not (text or blocks or attachments):
        raise SlackError("no_text")
    if blocks and not text:
        notes.append(NO_FALLBACK)
    if blocks:
        _check_blocks(blocks)
    if len(attachments) > ATTACHMENT_LIMIT:
        raise SlackError("too_many_attachments")
    for attachment in attachments:
        if isinstance(attachment, dict) and attachment.get("blocks"):
            _check_blocks(attachment["blocks"])
            attachment["blocks"] = kit.with_ids(attachment["blocks"])
    return {
        "text": text[:TEXT_LIMIT],
        "blocks": kit.with_ids(blocks),
        "attachments": [{"id": i, **item} for i, item in enumerate(attachments, start=1)],
    }


def checked_metadata(metadata: object) -> Json | None:
    """Message metadata: an event type and a flat object of facts.

    Raises:
        SlackError: `invalid_metadata_format`, `invalid_metadata_schema`, `metadata_too_large`.
    """
    if not metadata:
        return None
    if not isinstance(metadata, dict):
        raise SlackError("invalid_metadata_format")
    kind, facts = metadata.get("event_type"), metadata.get("event_payload")
    if not isinstance(kind, str) or not EVENT_TYPE.match(kind) or not isinstance(facts, dict):
        raise SlackError("invalid_metadata_schema")
    if len(json.dumps(metadata).encode()) > METADATA_BYTES:
        raise SlackError("metadata_too_large")
    return {"event_type": kind, "event_payload": facts}


def _check_blocks(blocks: object) -> None:
    problems = kit.message_problems(blocks)
    if problems or not isinstance(blocks, list):
        raise SlackError("invalid_blocks", *problems)
    if kit.characters(blocks) > kit.MESSAGE_CHARACTERS:
        raise SlackError("msg_blocks_too_long")
