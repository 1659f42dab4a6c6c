"""The words for an open telephone line: which notice waits, and nothing of its content."""

from __future__ import annotations

from typing import TYPE_CHECKING

from coalition.rendering.notices.wording import EXERCISE_WORD, KINDS

if TYPE_CHECKING:
    from coalition.domain.channels import PhoneChannel
    from coalition.domain.members import Member
    from coalition.rendering.notices.model import OutwardNotice, ThinNotice


def words(
    notice: OutwardNotice | ThinNotice, channel: PhoneChannel, member: Member, coalition: str
) -> str:
    """Whom to phone, under which number, and what to say; nothing of the content."""
    exercise = f"{EXERCISE_WORD}, {EXERCISE_WORD}, {EXERCISE_WORD}. " if notice.exercise else ""
    number = channel.number or member.duty_phone
    kind = KINDS[notice.kind].lower()
    return (
        f"Phone {member.name}, {number}, ask for {channel.ask_for}, and say: “{exercise}This is "
        f"{coalition}. There is a notice for you, {notice.notice_id}, {kind}, {notice.tlp}. "
        f"Please read it and acknowledge it.”"
    )
