"""files.*: the two-step upload, and reading back."""

from sandbox.slack.acts import messages
from sandbox.slack.acts.composing import checked_content
from sandbox.slack.acts.shaping import file_json
from sandbox.slack.errors import SlackError
from sandbox.slack.methods.registry import Call, method
from sandbox.slack.model import FileRecord, Json, Message

SIZE_LIMIT = 50 * 1024 * 1024


@method(
    "files.getUploadURLExternal",
    args="filename length:int alt_txt snippet_type",
    required="filename length",
    scopes="files:write",
    errors="file_upload_size_restricted",
    tier=4,
)
def files_get_upload_url(call: Call) -> Json:
    """Where to send the bytes."""
    world, length = call.world, int(call.args["length"])
    if not 0 < length <= SIZE_LIMIT:
        raise SlackError("file_upload_size_restricted")
    record = FileRecord(
        world.new_id("F"), call.text("filename"), length, call.bot, created=world.now()
    )
    world.files[record.id] = record
    return {"file_id": record.id, "upload_url": f"{world.base_url}/_files/upload/{record.id}"}


@method(
    "files.completeUploadExternal",
    args="files:json channel_id channels initial_comment thread_ts blocks:json username icon_emoji "
    "icon_url",
    required="files",
    scopes="files:write",
    errors="channel_not_found file_not_found file_update_failed invalid_blocks not_in_channel "
    "posting_to_channel_denied",
    tier=4,
)
def files_complete_upload(call: Call) -> Json:
    """Finish uploads and, if a channel is named, post them there."""
    records = [_uploaded(call, item) for item in call.args["files"]]
    wanted = [word for word in [call.text("channel_id"), *call.text("channels").split(",")] if word]
    rooms = []
    for ident in wanted:
        call.args["channel"] = ident
        rooms.append(call.channel(member=True))
        if rooms[-1].is_archived:
            raise SlackError("posting_to_channel_denied")
    for room in rooms:
        message = Message(
            ts=call.world.new_ts(),
            channel=room.id,
            user=call.bot,
            bot_id=call.world.app.bot_id,
            text=call.text("initial_comment"),
            thread_ts=call.text("thread_ts") or None,
            files=[record.id for record in records],
        )
        if call.args.get("blocks"):
            message.blocks = checked_content({"blocks": call.args["blocks"]}, notes=[])["blocks"]
        for record in records:
            record.channels.append(room.id)
        try:
            messages.post(call.world, room, message)
        except SlackError as error:
            raise SlackError("posting_to_channel_denied") from error
    for record in records:
        record.shared = True
    return {"files": [file_json(call.world, record) for record in records]}


@method(
    "files.info",
    args="file cursor limit:int count:int page:int",
    required="file",
    scopes="files:read",
    errors="file_not_found",
    tier=4,
)
def files_info(call: Call) -> Json:
    """One file."""
    record = call.world.files.get(call.text("file"))
    if record is None or not record.shared:
        raise SlackError("file_not_found")
    shaped = file_json(call.world, record)
    return {"file": shaped, "comments": [], "response_metadata": {"next_cursor": ""}}


def _uploaded(call: Call, item: Json) -> FileRecord:
    record = call.world.files.get(str(item.get("id")))
    if record is None:
        raise SlackError("file_not_found")
    if record.content is None:
        raise SlackError("file_update_failed")
    record.title = str(item.get("title") or record.name)
    return record
